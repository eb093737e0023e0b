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

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  ...updateCalls([adamw, descend, sgd, adamDirection, momentumDirection], numbers, ['meanSquare']),
  largestCosine: [7, 29, 'f64:203', 'f64:203', 1e-8],
  largestCosine32: [7, 29, 'f32:203', 'f32:203', 1e-8],
  projectRows: [7, 29, 'f64:203', 'f64:203', 1e-8],
  projectRows32: [7, 29, 'f32:203', 'f32:203', 1e-8],
}
