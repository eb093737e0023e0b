import { updateCalls } from '@opt/testing/kernels'
import { __camel__, kernels } from '../src/__name__.ts'

export const sets = [kernels]

/** A call of each kernel: see packages/testing. */
export const calls = updateCalls([__camel__], { learningRate: 0.003, decayFactor: 0.997, momentum: 0.9 })
