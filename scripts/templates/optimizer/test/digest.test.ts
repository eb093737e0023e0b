import { optimizerDigest } from '@opt/testing'
import { __Class__ } from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }
  expect(optimizerDigest((parameters) => new __Class__(parameters as never, options))).toBe('50355dc94854f233')
})
