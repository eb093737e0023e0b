import type { KernelCall } from '@opt/testing/kernels'
import { kernels } from '../src/kernels.ts'

export const sets = [kernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  descend: [203, 0.3, 'f64:203', 'f64:203'],
}
