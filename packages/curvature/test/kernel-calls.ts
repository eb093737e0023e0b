import type { KernelCall } from '@opt/testing/kernels'
import { eigenKernels } from '../src/eigen/kernels.ts'

export const sets = [eigenKernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  rank2Product: [37, 2, 'f64:1778', 48, 'f64:37', 'f64:37', 'f64:37', 'f64:37'],
  reflectRows: [37, 2, 'f64:1778', 48, 0.3, 'f64:37'],
  rotateRows: [45, 36, 0, 'f64:1776', 48, 'f64:36', 'f64:36'],
}
