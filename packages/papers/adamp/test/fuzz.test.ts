import { fuzz } from '@opt/testing'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

const parameters = () => ({ weight: ndarray(Float64Array.of(1, -2, 3, 0.5), [2, 2]), bias: Float32Array.of(0.5, 1) })
const gradients = () => ({ weight: ndarray(Float64Array.of(0.1, 0.2, -0.3, 1), [2, 2]), bias: Float32Array.of(0.1, 2) })

/** A case for either optimizer, with the options that it alone has. */
const optimizer = (name: string, own: object, state: () => unknown) => ({
  args: () => [
    parameters(),
    {
      ...own,
      learningRate: 0.1,
      epsilon: 1e-8,
      weightDecay: 0.01,
      delta: 0.1,
      weightDecayRatio: 0.1,
      nesterov: true,
      check: true,
      resident: false,
      groups: [{ parameters: ['bias'], learningRate: 0.2 }],
    },
  ],
  loose: ['1.learningRate', '1.groups.0.learningRate', '1.groups.0.parameters.0'],
  methods: {
    update: { skip: 'protected' },
    step: { args: () => [gradients()], says: [name] },
    state: () => [],
    stateAsync: () => [],
    settled: () => [],
    load: { args: () => [state()], says: [name] },
    free: () => [],
  },
})

fuzz(api, {
  AdamP: optimizer('AdamP', { beta1: 0.9, beta2: 0.99 }, () => new api.AdamP(parameters()).state()),
  SGDP: optimizer('SGDP', { momentum: 0.9, dampening: 0.1 }, () => new api.SGDP(parameters()).state()),
})
