import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { smallToy } from './problems.ts'

/** The toy without noise, as functions of a user. */
const toy = () => {
  const { upper, lower } = api.coshToy(smallToy())
  type V = Float64Array
  return {
    upper: {
      value: (x: V, y: V) => upper.value(x, y),
      gradient: (x: V, y: V, gx: V, gy: V) => upper.gradient(x, y, gx, gy),
    },
    lower: {
      value: (x: V, y: V) => lower.value(x, y),
      gradient: (x: V, y: V, gx: V, gy: V) => lower.gradient(x, y, gx, gy),
      hvp: (x: V, y: V, v: V, outX: V, outY: V) => lower.hvp!(x, y, v, outX, outY),
    },
  }
}
const examples = () => ({
  inputs: [
    [1, 0.5],
    [-1, 2],
    [0, -1],
  ],
  labels: [1, 0, 1],
})
const networkExamples = () => ({ inputs: examples().inputs, targets: [1, 0, 1] })
const refine = () => ({ step: 0.2, steps: 3, radius: 2, epochs: 2 })
const BROKEN = "the problem's functions may give it"

fuzz(api, {
  boRep: {
    args: () => [
      toy(),
      { x: [1], y: [2, 1], z: [0.5, 0], m: [0.1], k: 0 },
      {
        eta: 0.1,
        beta: 0.8,
        nu: 0.2,
        gamma: 0.3,
        period: 2,
        inner: 2,
        radius: 3,
        average: true,
        refine: refine(),
        normalized: true,
        adjoint: 'old',
        batches: { lower: () => undefined, hvp: () => undefined, upper: () => undefined },
        measureEvery: 5,
        tolerance: 1e-3,
        maxIterations: 10,
      },
    ],
    loose: ['2.eta'],
    nonFinite: BROKEN,
    says: ['solveLower', 'hypergradient'],
  },
  refineLower: {
    args: () => [toy().lower, [1], [2, 1], { ...refine(), batch: () => undefined }],
    loose: ['3.batch', '0.value', '0.hvp'],
    nonFinite: BROKEN,
  },
  updateLower: {
    args: () => [toy().lower, [1], [2, 1], { step: 0.2, steps: 3, radius: 2, average: true, batch: () => undefined }],
    loose: ['3.batch', '0.value', '0.hvp'],
    nonFinite: BROKEN,
  },
  minibatches: {
    args: () => [random(1), { training: 10, validation: 5 }, 3],
    budgets: ['1.training', '1.validation', '2'],
  },
  smoothnessConstants: {
    args: () => [{ mu: 1, l0: 2, l1: 3, l2: 1, Lx0: 1, Lx1: 1, Ly0: 2, Ly1: 0.5 }],
    nonFinite: 'a bound that overflows is Infinity',
    open: ['0'],
  },
  trackingBound: {
    args: () => [{ kappa: 2, contraction: 0.5, eta: 0.1, period: 3 }],
    nonFinite: 'a bound that overflows is Infinity',
    open: ['0'],
  },
  coshToy: {
    args: () => [smallToy()],
    open: ['0'],
    says: ['quadraticBilevel'],
    methods: {
      solution: { args: () => [[0.5]], says: ['quadraticBilevel'] },
      hyperobjective: { args: () => [[0.5]], says: ['quadraticBilevel'], nonFinite: 'cosh overflows beyond 710' },
      noise: () => [random(1), 0.2],
    },
  },
  penalizedSoftmax: {
    says: ['weightedSoftmax'],
    args: () => [examples(), examples(), { l2: 0.1, limit: 2, temperature: 1, classes: 2 }],
  },
  representation: {
    says: ['networkLevel'],
    args: () => [mlp({ sizes: [2, 3, 2], activation: 'tanh' }), networkExamples(), networkExamples(), { l2: 0.1 }],
  },
  cleaningTask: {
    says: ['weightedSoftmax'],
    args: () => [examples(), examples(), { l2: 0.1, classes: 2, batchSize: 2, seed: 1 }],
    methods: {
      prepare: () => [[[1, 2]]],
      rank: () => [[0.5, -1, 0]],
    },
  },
})
