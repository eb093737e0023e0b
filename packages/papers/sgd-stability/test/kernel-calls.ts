import type { KernelCall } from '@opt/testing/kernels'
import { productKernels } from '../src/linear/kernels.ts'

export const sets = [productKernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  gemm: [13, 21, 37, 0.7, 'f64:520', 40, 1, 'f64:888', 24, 1, 'f64:312', 24, 'work:30000'],
  syrk: [21, 37, 0.7, 'f64:840', 40, 1, 'f64:504', 24, 'work:30000'],
}
