import { fuzz } from '@opt/testing'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

const parameters = () => ({ weight: ndarray(Float64Array.of(1, -2, 3, 0.5), [2, 2]), bias: Float32Array.of(0.5, 1) })
const gradients = () => ({ weight: ndarray(Float64Array.of(0.1, 0.2, -0.3, 1), [2, 2]), bias: Float32Array.of(0.1, 2) })

fuzz(api, {
  AdaHessian: {
    args: () => [
      parameters(),
      {
        learningRate: 0.1,
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-4,
        weightDecay: 0.01,
        hessianPower: 0.5,
        blockSizes: [-1, -1, -1, -1],
        seed: 1,
        check: true,
        resident: false,
        groups: [{ parameters: ['bias'], learningRate: 0.2 }],
      },
    ],
    loose: ['1.learningRate', '1.groups.0.learningRate', '1.groups.0.parameters.0', '1.seed'],
    methods: {
      update: { skip: 'protected' },
      step: { args: () => [gradients(), gradients()], loose: ['1'], says: ['AdaHessian'] },
      state: () => [],
      stateAsync: () => [],
      settled: () => [],
      load: { args: () => [new api.AdaHessian(parameters()).state()], loose: ['0.random.spare'], says: ['AdaHessian'] },
      free: () => [],
      prepare: { skip: 'protected' },
      rademacher: () => [],
    },
  },
})
