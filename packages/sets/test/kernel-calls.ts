import type { KernelCall } from '@opt/testing/kernels'
import { vectorKernels } from '../src/linear/kernels.ts'

export const sets = [vectorKernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  dot: [203, 'f64:203', 'f64:203'],
  squaredDistance: [203, 'f64:203', 'f64:203'],
  descend: [203, 0.3, 'f64:203', 'f64:203', 'f64:203'],
}
