import { type Call, fuzz, optimizerCase } from '@opt/testing'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

const gradients = () => ({ weight: ndarray(Float64Array.of(0.1, 0.2, -0.3, 1), [2, 2]), bias: Float32Array.of(0.1, 2) })

/** A schedule is a function of the step. */
const schedule = (...args: number[]): Call => ({
  args: () => [...args],
  methods: { call: { args: () => [undefined, 3], fixed: ['0', '1'], nonFinite: 'a step refuses such a rate' } },
})

fuzz(api, {
  SGD: optimizerCase(api.SGD, () => ({ momentum: 0.9, nesterov: true, l2: 0.01, weightDecay: 0.01 })),
  Adam: optimizerCase(api.Adam, () => ({
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0.01,
    amsgrad: true,
    l2: 0.01,
  })),
  AdamW: optimizerCase(api.AdamW, () => ({ beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01, amsgrad: true })),
  RMSProp: optimizerCase(api.RMSProp, () => ({ alpha: 0.9, epsilon: 1e-8, momentum: 0.5, centered: true, l2: 0.01 })),
  Adagrad: optimizerCase(api.Adagrad, () => ({
    learningRateDecay: 0.1,
    initialAccumulator: 0.1,
    epsilon: 1e-8,
    l2: 0.01,
  })),
  Optimizer: { skip: 'abstract: SGD and the others are ones' },

  clipByValueInPlace: { args: () => [gradients(), 0.15], writes: ['0'], loose: ['0'], nonFinite: 'NaN stays NaN' },
  clipByGlobalNormInPlace: { args: () => [gradients(), 0.5], writes: ['0'], loose: ['0'] },
  globalNorm: { args: () => [gradients()], loose: ['0'], nonFinite: 'the norm of what is not finite' },

  constant: schedule(0.1),
  linearDecay: schedule(1, 10, 0.1),
  cosineDecay: schedule(1, 10, 0.1),
  exponentialDecay: schedule(1, 0.9, 2),
  stepDecay: schedule(1, 0.5, 2),
  warmup: { ...schedule(5, 0.1), loose: ['1'] },
  sequence: {
    args: () => [[api.constant(1), api.constant(0.5)], [4]],
    methods: schedule().methods!,
  },

  fusedUpdate: { skip: "describes an author's update" },
  boundAdam: { skip: "computes an author's bounds, in place" },

  ...Object.fromEntries(
    ['nonnegative', 'positive', 'fraction', 'flag', 'count', 'share'].map((name) => [
      name,
      { skip: "makes a rule of an author's default" },
    ]),
  ),
})
