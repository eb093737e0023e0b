import { fuzz, optimizerCase } from '@opt/testing'
import * as api from '../src/index.ts'

fuzz(api, {
  DiffGrad: optimizerCase(api.DiffGrad, () => ({
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0.01,
    l2: 0.01,
  })),
  landscapes: { skip: 'functions of one number' },
})
