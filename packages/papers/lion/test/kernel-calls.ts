import { updateCalls } from '@opt/testing/kernels'
import { kernels, lion } from '../src/lion.ts'

export const sets = [kernels]

/** A call of each kernel: see packages/testing. */
export const calls = updateCalls([lion], { learningRate: 0.003, weightDecay: 0.1, beta1: 0.9, beta2: 0.99 })
