import { optimizerDigest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  expect([
    optimizerDigest((parameters) => new api.AdamP(parameters as never, { learningRate: 0.01, weightDecay: 0.1 })),
    optimizerDigest(
      (parameters) => new api.AdamP(parameters as never, { learningRate: 0.01, nesterov: true, delta: 2 }),
    ),
    optimizerDigest(
      (parameters) => new api.SGDP(parameters as never, { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
    ),
  ]).toEqual(['f70d06590e93202f', '33be9c385d54f08a', 'f4af7fd8dd9e51d8'])
})
