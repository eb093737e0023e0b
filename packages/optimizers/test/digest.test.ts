import { optimizerDigest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  expect([
    optimizerDigest(
      (parameters) => new api.SGD(parameters as never, { learningRate: 0.1, momentum: 0.9, nesterov: true, l2: 0.01 }),
    ),
    optimizerDigest((parameters) => new api.Adam(parameters as never, { learningRate: 0.1, amsgrad: true })),
    optimizerDigest(
      (parameters) =>
        new api.AdamW(parameters as never, { learningRate: (t: number) => 0.1 / (1 + t), weightDecay: 0.01 }),
    ),
    optimizerDigest(
      (parameters) => new api.RMSProp(parameters as never, { learningRate: 0.01, centered: true, momentum: 0.5 }),
    ),
    optimizerDigest(
      (parameters) => new api.Adagrad(parameters as never, { learningRate: 0.1, learningRateDecay: 0.1 }),
    ),
  ]).toEqual(['7fedd51b11f27698', 'ed4a0dc64e081029', '85249797bb8f53da', '9b1b8a093d62bc24', '1186076f48baed01'])
})
