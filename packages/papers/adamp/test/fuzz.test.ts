import { fuzz, optimizerCase } from '@opt/testing'
import * as api from '../src/index.ts'

const both = { epsilon: 1e-8, weightDecay: 0.01, delta: 0.1, weightDecayRatio: 0.1, nesterov: true }

fuzz(api, {
  AdamP: optimizerCase(api.AdamP, () => ({ ...both, beta1: 0.9, beta2: 0.99 })),
  SGDP: optimizerCase(api.SGDP, () => ({ ...both, momentum: 0.9, dampening: 0.1 })),
})
