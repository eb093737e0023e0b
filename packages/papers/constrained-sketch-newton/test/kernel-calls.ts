import type { KernelCall } from '@opt/testing/kernels'
import { kernels } from '../src/kernels.ts'

export const sets = [kernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  kaczmarz: [24, 12, 'i32:0,5,23,7,7,11,2,19,8,4,16,13', 'f64:576', 'f64:24', 'f64:24', 'f64:24', 1e-3],
  projectVectors: [24, 5, 'f64:576', 'f64:120', 'f64:24', 'f64:24', 'f64:24', 1e-3],
}
