import { updateCalls } from '@opt/testing/kernels'
import { diffgrad, kernels } from '../src/diffgrad.ts'

export const sets = [kernels]

const numbers = { stepSize: 0.003, decayFactor: 0.997, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0.1 }

/** A call of each kernel: see packages/testing. */
export const calls = updateCalls([diffgrad], numbers, ['meanSquare'])
