import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const parameters = () => ({ weight: Float64Array.of(1, -2, 3, 0.5), bias: Float32Array.of(0.5, 1) })
const gradients = () => ({ weight: Float64Array.of(0.1, 0.2, -0.3, 1), bias: Float32Array.of(0.1, 2) })

fuzz(api, {
  DiffGrad: {
    args: () => [
      parameters(),
      {
        learningRate: 0.1,
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-8,
        weightDecay: 0.01,
        l2: 0.01,
        check: true,
        resident: false,
        groups: [{ parameters: ['bias'], learningRate: 0.2 }],
      },
    ],
    fixed: ['0.weight'],
    loose: ['1.learningRate', '1.groups.0.learningRate', '1.groups.0.parameters.0'],
    methods: {
      update: { skip: 'protected' },
      step: { args: () => [gradients()], says: ['DiffGrad'] },
      state: () => [],
      stateAsync: () => [],
      settled: () => [],
      load: { args: () => [new api.DiffGrad(parameters()).state()], says: ['DiffGrad'] },
      free: () => [],
    },
  },
  landscapes: { skip: 'functions of one number' },
})
