import { fuzz, optimizerCase } from '@opt/testing'
import * as api from '../src/index.ts'

fuzz(api, {
  StableSPAM: optimizerCase(api.StableSPAM, () => ({
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0.01,
    gamma1: 0.7,
    gamma2: 0.9,
    gamma3: 0.99,
    resetEvery: 3,
    totalSteps: 9,
    minScale: 0.5,
  })),
})
