import { adamw } from '@opt/optimizers'
import { updateCalls } from '@opt/testing/kernels'
import { scaleAbove } from '../src/ada-clip.ts'
import { scale } from '../src/ada-gn.ts'
import { kernels } from '../src/stable-spam.ts'

export const sets = [kernels]

const moments = { stepSize: 0.003, correction2: 1.7, decayFactor: 0.997, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

/** A call of each kernel: see packages/testing. */
export const calls = updateCalls([adamw, scaleAbove, scale], { ...moments, limit: 1.3, factor: 0.7 }, ['meanSquare'])
