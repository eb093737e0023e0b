import { updateCalls } from '@opt/testing/kernels'
import { kernels } from '../src/adahessian.ts'
import { adahessian } from '../src/updates.ts'

export const sets = [kernels]

const numbers = { stepSize: 0.003, correction2: 1.7, decayFactor: 0.997, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

/** A call of each kernel: see packages/testing. */
export const calls = updateCalls([adahessian], numbers, ['meanSquare'])
