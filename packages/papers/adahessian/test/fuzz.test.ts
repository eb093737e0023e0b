import { fuzz, optimizerCase } from '@opt/testing'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

const tensors = () => ({ weight: ndarray(Float64Array.of(0.1, 0.2, -0.3, 1), [2, 2]), bias: Float32Array.of(0.1, 2) })
const own = () => ({
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-4,
  weightDecay: 0.01,
  hessianPower: 0.5,
  blockSizes: [-1, -1, -1, -1],
  seed: 1,
})
const says = ['AdaHessian']

fuzz(api, {
  AdaHessian: optimizerCase(api.AdaHessian, own, {
    // A seed may be a generator.
    loose: ['1.seed'],
    methods: {
      // Products may come from a function.
      step: { args: () => [tensors(), tensors()], loose: ['1'], says },
      load: { args: () => [new api.AdaHessian(tensors()).state()], loose: ['0.random.spare'], says },
      prepare: { skip: 'protected' },
      rademacher: () => [],
    },
  }),
})
