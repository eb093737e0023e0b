import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

/** min x'x + x_0 subject to x_0 x_1 = 1, with all optional parts. */
const problem = () => ({
  f: ([a, b]: Float64Array) => a * a + b * b + a,
  gradient: ([a, b]: Float64Array) => [2 * a + 1, 2 * b],
  constraints: ([a, b]: Float64Array) => [a * b - 1],
  jacobian: ([a, b]: Float64Array) => [[b, a]],
  hessianLagrangian: (_: Float64Array, [l]: Float64Array) => [
    [2, l],
    [l, 2],
  ],
})
const K = () => [
  [2, 1, 0],
  [1, -1, 0.5],
  [0, 0.5, 1],
]
const limits = () => ({ tolerance: 1e-3, maxIterations: 5 })
const penalties = () => ({ eta1: 2, eta2: 0.2 })
const BROKEN = "the problem's functions may give it"

fuzz(api, {
  adaSketchNewton: {
    args: () => [
      problem(),
      [2, 1.5],
      {
        ...limits(),
        ...penalties(),
        multipliers0: [0.5],
        inner: api.direct(),
        accuracy: 'residual',
        kappa: 0.2,
        theta: 0.9,
        innerLimit: 50,
        delta: 0.2,
        xiB: 0.2,
        shiftThreshold: 0.1,
        beta: 0.2,
        nu: 1.6,
        singularTolerance: 0.001,
        seed: 1,
        checkDerivatives: false,
      },
    ],
    loose: ['2.theta'],
    nonFinite: BROKEN,
  },
  newtonKkt: { args: () => [problem(), [2, 1.5], limits()], nonFinite: BROKEN },
  l1Sqp: {
    args: () => [
      problem(),
      [2, 1.5],
      {
        ...limits(),
        inner: api.gmres({ restart: 3 }),
        mu: 2,
        kappa: 0.2,
        sigma: 0.1,
        nu: 1.6,
        xiB: 0.2,
        shiftThreshold: 0.1,
        singularTolerance: 0.001,
        innerLimit: 50,
        seed: 1,
      },
    ],
    nonFinite: BROKEN,
  },
  augmentedLagrangian: {
    args: () => [problem(), [2, 1.5], { ...limits(), mu: 2, growth: 1.6, innerTolerance: 0.2, innerLimit: 5 }],
    nonFinite: BROKEN,
  },
  checkDerivatives: {
    args: () => [problem(), [2, 1.5], { multipliers: [0.5], tolerance: 1e-4, step: 1e-4 }],
    nonFinite: BROKEN,
  },
  exactAugmentedLagrangian: { args: () => [problem(), [2, 1.5], [0.5], penalties()], nonFinite: BROKEN },
  kktSystem: {
    args: () => [problem(), [2, 1.5], [0.5], { xiB: 0.2, shiftThreshold: 0.1 }],
    nonFinite: BROKEN,
  },
  direct: () => [],
  minres: () => [],
  gmres: { args: () => [{ restart: 3 }], budgets: ['0.restart'] },
  kaczmarz: () => [{ sampling: 'weighted' }],
  gaussian: { args: () => [{ blockSize: 2 }], budgets: ['0.blockSize'] },
  sketchAndProject: {
    args: () => [K(), [1, 2, 3], { ...limits(), sketch: api.kaczmarz(), stepsPerReport: 10, seed: random(1) }],
    budgets: ['2.stepsPerReport'],
    loose: ['2.seed'],
  },
  contractionRate: () => [K(), 'gaussian'],
  testProblem: { args: () => ['HS77'] },
  testProblemNames: { skip: 'a list' },
  circleFit: () => [
    [
      [1, 0],
      [0, 1.1],
      [-1, 0.2],
    ],
  ],
  pdeControl: { args: () => [2], budgets: ['0'] },
  logisticRegression: {
    args: () => [
      [
        [1, 2, 0.5],
        [0.5, -1, 1],
      ],
      [1, -1],
      { A: [[1, 1, 0]], b: [0.1], radius: 1.5 },
    ],
  },
})
