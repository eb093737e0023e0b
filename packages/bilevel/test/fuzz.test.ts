import { mlp } from '@opt/nn'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { smallQuadratic } from './problems.ts'

/** g = y'y - x0 y0 - x0 y1, F = (y0 - 1)^2 + x0^2, as functions of the user. */
const problem = () => ({
  upper: {
    value: (x: Float64Array, y: Float64Array) => (y[0] - 1) * (y[0] - 1) + x[0] * x[0],
    gradient(x: Float64Array, y: Float64Array, gx: Float64Array, gy: Float64Array) {
      gx[0] = 2 * x[0]
      gy[0] = 2 * (y[0] - 1)
      gy[1] = 0
    },
  },
  lower: {
    value: (x: Float64Array, y: Float64Array) => y[0] * y[0] + y[1] * y[1] - x[0] * (y[0] + y[1]),
    gradient(x: Float64Array, y: Float64Array, gx: Float64Array, gy: Float64Array) {
      gx[0] = -y[0] - y[1]
      gy[0] = 2 * y[0] - x[0]
      gy[1] = 2 * y[1] - x[0]
    },
    hvp(_x: Float64Array, _y: Float64Array, v: Float64Array, outX: Float64Array, outY: Float64Array) {
      outX[0] = -v[0] - v[1]
      outY[0] = 2 * v[0]
      outY[1] = 2 * v[1]
    },
    hessian(_x: Float64Array, _y: Float64Array, H: Float64Array) {
      H.set([2, 0, 0, 2])
    },
  },
})
const constraints = () => ({
  count: 1,
  value(x: Float64Array, y: Float64Array, out: Float64Array) {
    out[0] = x[0] + y[1]
  },
  transposed(_x: Float64Array, _y: Float64Array, m: Float64Array, gx: Float64Array, gy: Float64Array) {
    gx[0] = m[0]
    gy[0] = 0
    gy[1] = m[0]
  },
})
const examples = () => ({
  inputs: [
    [1, 0.5],
    [-1, 2],
    [0, -1],
  ],
  labels: [1, 0, 1],
})
const cleaning = {
  args: () => [examples(), examples(), { l2: 0.1, temperature: 0.5 }],
  methods: { weights: () => [new Float64Array([0.5, 1, -1])] },
}
const BROKEN = "the problem's functions may give it"

fuzz(api, {
  solveLower: {
    args: () => [problem().lower, [0.5], [1, 2], { tolerance: 1e-8, maxIterations: 20, batch: [0] }],
    loose: ['3.batch', '0.hessian'],
    nonFinite: BROKEN,
  },
  hypergradient: {
    args: () => [
      problem(),
      [0.5],
      [0.25, 0.25],
      { adjoint: [0, 0], upperBatch: [0], lowerBatch: [0], tolerance: 1e-8, maxIterations: 20 },
    ],
    loose: ['3.upperBatch', '3.lowerBatch', '0.upper.value', '0.lower.value'],
    nonFinite: BROKEN,
  },
  hyperobjective: {
    args: () => [problem(), [0.1, 0.2], { tolerance: 1e-8, maxIterations: 20 }],
    methods: {
      evaluate: { args: () => [new Float64Array([0.5]), new Float64Array(1)], writes: ['1'], nonFinite: BROKEN },
      y: () => [],
    },
    nonFinite: BROKEN,
    says: ['solveLower', 'hypergradient'],
  },
  checkProblem: {
    args: () => [
      { ...problem(), constraints: constraints() },
      [0.5],
      [1, 2],
      { tolerance: 1e-6, step: 1e-5, entries: 5, seed: 1, upperBatch: [0], lowerBatch: [0] },
    ],
    loose: ['3.seed', '3.upperBatch', '3.lowerBatch'],
    budgets: ['3.entries', '0.constraints.count'],
    nonFinite: BROKEN,
    says: ['solveLower', 'hypergradient', 'lower', 'upper'],
  },
  networkLevel: {
    args: () => [
      mlp({ sizes: [2, 2, 2] }),
      [
        [1, 0.5],
        [-1, 2],
      ],
      [1, 0],
      { split: 6, l2: 0.1 },
    ],
    loose: ['0'],
    fixed: ['0'],
  },
  weightedNetwork: {
    args: () => {
      const data = () => ({
        inputs: [
          [1, 0.5],
          [-1, 2],
        ],
        targets: [1, 0],
      })
      return [mlp({ sizes: [2, 2, 2] }), data(), data(), { l2: 0.1 }]
    },
    loose: ['0'],
    fixed: ['0'],
    methods: { weights: () => [new Float64Array([0.5, 1])] },
  },
  quadraticBilevel: {
    args: () => [smallQuadratic()],
    methods: { solution: () => [[0.5]], hyperobjective: () => [[0.5]], optimum: () => [] },
  },
  weightedLogistic: cleaning,
  weightedLogisticBlocks: {
    args: () => [examples(), examples(), [0.5, 1], { l2: 0.1 }],
    budgets: ['2'],
  },
  weightedSoftmax: {
    args: () => [examples(), examples(), { l2: 0.1, temperature: 0.5, classes: 2 }],
    methods: cleaning.methods,
    budgets: ['2.classes', '0.labels', '1.labels'],
  },
})
