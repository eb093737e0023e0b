import type { KernelCall } from '@opt/testing/kernels'
import { eigenKernels } from '../src/eigen/kernels.ts'
import { basisKernels } from '../src/lanczos/kernels.ts'

export const sets = [eigenKernels, basisKernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  rank2Product: [37, 2, 'f64:1778', 48, 1, 'f64:38', 'f64:38', 'f64:38', 'f64:38'],
  reflectRows: [37, 2, 'f64:1778', 48, 0.3, 1, 'f64:38'],
  rotateRows: [45, 36, 0, 'f64:1776', 48, 'f64:36', 'f64:36'],
  dot: [203, 'f64:203', 'f64:203'],
  axpy: [203, 0.3, 'f64:203', 'f64:203'],
  gemv: [37, 45, 'f64:1776', 48, 'f64:45', 'f64:37'],
  gemvT: [37, 45, 'f64:1776', 48, 'f64:37', 'f64:45'],
}
