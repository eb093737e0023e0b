import { optimizerDigest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  expect([
    optimizerDigest(
      (parameters) => new api.StableSPAM(parameters as never, { learningRate: 0.01, weightDecay: 0.1, resetEvery: 5 }),
    ),
    optimizerDigest(
      (parameters) => new api.StableSPAM(parameters as never, { learningRate: 0.01, totalSteps: 9, minScale: 0.5 }),
    ),
  ]).toEqual(['fba5c9eaa470983c', '71a20d668e1008d4'])
})
