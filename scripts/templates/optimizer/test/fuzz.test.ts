import { fuzz, optimizerCase } from '@opt/testing'
import * as api from '../src/index.ts'

// A valid call of every export: see packages/testing.
fuzz(api, {
  __Class__: optimizerCase(api.__Class__, () => ({ momentum: 0.5, weightDecay: 0.1 })),
})
