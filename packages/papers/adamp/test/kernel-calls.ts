import { adamw, descend, sgd } from '@opt/optimizers'
import { type KernelCall, updateCalls } from '@opt/testing/kernels'
import { adamDirection, adampKernels } from '../src/adamp.ts'
import { momentumDirection, sgdpKernels } from '../src/sgdp.ts'

export const sets = [adampKernels, sgdpKernels]

const numbers = {
  learningRate: 0.003,
  stepSize: 0.003,
  correction2: 1.7,
  decayFactor: 0.997,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  l2: 0.1,
  momentum: 0.9,
  gain: 0.3,
  nesterov: 1,
}

/** Calls on 7 rows of 29 numbers. */
const ofRows = (name: string, rest: KernelCall): Record<string, KernelCall> =>
  Object.fromEntries(
    ['', '32'].map((bits) => {
      const kind = bits ? 'f32' : 'f64'
      return [name + bits, [7, 29, ...rest.map((one) => (typeof one === 'string' ? one.replace('{}', kind) : one))]]
    }),
  )

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  ...updateCalls([adamw, descend, sgd, adamDirection, momentumDirection], numbers, ['meanSquare']),
  ...ofRows('cosinesBelow', ['{}:203', '{}:203', 1e-8, 0.4]),
  ...ofRows('adamRows', ['{}:203', '{}:203', '+{}:203', '{}:203', 1.7, 0.9, 0.999, 1e-8, 1, 0.003, 0.997]),
  ...ofRows('momentumRows', ['{}:203', '{}:203', '{}:203', 0.9, 0.3, 1, 1e-8, 0.003, 0.997]),
}
