import type { KernelCall } from '@opt/testing/kernels'
import { planKernels } from '../src/kernels/plan-kernels.ts'

const [M, N] = [37, 45]

export const sets = [planKernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  dot: [203, 'f64:203', 'f64:203'],
  gemv: [M, N, 'f64:1776', 48, 'f64:45', 'f64:37'],
  gemvT: [M, N, 'f64:1776', 48, 'f64:37', 'f64:45'],
  spmv: [4, 'i32:0,3,3,8,9', 'i32:1,0,6,2,3,4,5,6,0', 'f64:9', 'f64:7', 'f64:4'],
  rowLse: [M, N, 'f64:1776', 48, 'f64:45', 0.1, 'f64:37', 'work:45'],
  colLse: [M, N, 'f64:1776', 48, 'f64:37', 0.1, 'f64:45', 'work:90'],
  sinkhornRow: [M, N, 'f64:1776', 48, '+f64:37', 'f64:37', 'f64:45', 0.01, 'f64:45', 'work:45'],
  scale2: [M, N, '+f64:1776', 48, '+f64:37', '+f64:45', 'f64:37', 'f64:45'],
  gibbsMarginals: [M, N, 'f64:1776', 48, 'f64:37', 'f64:45', 0.1, 'f64:1665', N, 'f64:37', 'f64:45'],
  rescale: [M, N, 'f64:1776', 48, 'f64:37', 'f64:45', 'f64:37', 'f64:45'],
}
