import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { coupled } from './problems.ts'

/** Functions of a user, with all optional parts. */
const problem = () => ({
  upper: { ...coupled.upper },
  lower: { ...coupled.lower },
  constraints: { ...coupled.constraints!, equality: [false] },
  projectJoint: coupled.projectJoint,
  projectLower(y: Float64Array) {
    y[0] = Math.max(-50, Math.min(50, y[0]))
  },
})
const examples = () => ({
  inputs: [
    [1, 0.5],
    [-1, 2],
    [0, -1],
  ],
  labels: [1, -1, 1],
})
const parameters = () => ({ gamma1: 5, gamma2: 2, bound: 100 })
const BROKEN = "the problem's functions may give it"

fuzz(api, {
  lvHba: {
    args: () => [
      problem(),
      { x: [1], y: [2], z: [0.5], theta: [1], lambda: [0.5], k: 0 },
      {
        ...parameters(),
        alpha: 0.1,
        beta: 0.5,
        eta: 0.2,
        penalty: { c: 1, p: 0.3 },
        measureEvery: 5,
        tolerance: 1e-3,
        maxIterations: 10,
      },
    ],
    loose: ['2.penalty', '0.upper.value', '0.lower.value'],
    budgets: ['0.constraints.count'],
    nonFinite: BROKEN,
    says: ['gapAndResidual', 'valueFunction'],
  },
  valueFunction: {
    args: () => [
      problem(),
      { x: [1], y: [2], z: [0.5] },
      { ...parameters(), theta: [1], tolerance: 1e-8, maxIterations: 50 },
    ],
    loose: ['0.lower.value'],
    budgets: ['0.constraints.count'],
    nonFinite: BROKEN,
  },
  gapAndResidual: {
    args: () => [problem(), { x: [1], y: [2], z: [0.5], theta: [1] }, 2, { ...parameters(), tolerance: 1e-8 }],
    loose: ['0.lower.value', '0.upper.value'],
    budgets: ['0.constraints.count'],
    nonFinite: BROKEN,
    says: ['valueFunction'],
  },
  linearConstraints: {
    args: () => [
      {
        Gx: [
          [1, 0],
          [0, 1],
        ],
        Gy: [[1], [2]],
        h: [1, 2],
        equality: [false, true],
      },
    ],
  },
  stableEta: () => [{ smoothness: 2, jacobian: 1, convexity: 0.5, gamma1: 5, gamma2: 2 }],
  bilevelToy: {
    args: () => [2, { scale: 0.5 }],
    budgets: ['0'],
    methods: {
      exactValue: () => [{ x: [1, 2], y: [3, 4, 5, 6], z: [0.5] }, parameters()],
    },
  },
  weightedSvm: {
    args: () => [examples(), examples(), { lower: -5, upper: 1 }],
    methods: {
      weights: () => [[0.5, 0, -1]],
      solveLower: () => [[0.5, 0, -1]],
      hyperobjective: () => [[0.5, 0, -1]],
      decisions: () => [[1, 2, 3, 0, 0, 0], [[1, 2]]],
    },
  },
})
