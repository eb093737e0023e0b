import type { KernelCall } from '@opt/testing/kernels'
import { kernels } from '../src/kernels.ts'

export const sets = [kernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  kaczmarz: [24, 50, 'i32:50', 'f64:576', 'f64:24', 'f64:24', 'f64:24', 1e-3],
}
