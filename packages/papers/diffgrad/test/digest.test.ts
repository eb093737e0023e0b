import { digest, optimizerDigest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const values = digest((say) => {
    for (const { value, derivative } of api.landscapes)
      for (let x = -1; x <= 1; x += 1 / 64) say([value(x), derivative(x)])
  })
  expect([
    values,
    optimizerDigest((parameters) => new api.DiffGrad(parameters as never, { learningRate: 0.01, weightDecay: 0.1 })),
    optimizerDigest((parameters) => new api.DiffGrad(parameters as never, { learningRate: 0.01, l2: 0.01 })),
  ]).toEqual(['07bdcfb3fd1e242d', 'd845f5225bf77797', '8fd5dba5a762c0b1'])
})
