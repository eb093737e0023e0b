import type { KernelCall } from '@opt/testing/kernels'
import { stepKernels } from '../src/kernels.ts'

export const sets = [stepKernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  dot: [203, 'f64:203', 'f64:203'],
  axpy: [203, 0.3, 'f64:203', 'f64:203'],
  gemv: [37, 45, 'f64:1776', 48, 'f64:45', 'f64:37'],
  gemvT: [37, 45, 'f64:1776', 48, 'f64:37', 'f64:45'],
  softDescend: [203, 0.3, 0.1, 'f64:203', 'f64:203', 'f64:203'],
  scaled: [203, 0.3, 'f64:203', 'f64:203'],
}
