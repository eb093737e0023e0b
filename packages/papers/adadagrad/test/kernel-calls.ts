import { descend } from '@opt/optimizers'
import { type KernelCall, updateCalls } from '@opt/testing/kernels'
import { kernels } from '../src/adagrad-norm.ts'

export const sets = [kernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = updateCalls([descend], { learningRate: 0.003, decayFactor: 1, l2: 0 })
