import type { KernelCall } from '@opt/testing/kernels'
import { subgmKernels } from '../src/kernels/kernels.ts'

export const sets = [subgmKernels]

const [M, N, D, R] = [39, 45, 9, 7]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  passDense: [M, N, 'f64:1872', 48, 'f64:45', 'f64:39', 0, 'f64:39', 'f64:45', 'f64:4'],
  passRankOne: [M, D, 'f64:351', 'f64:45', 'f64:39', 1, 'f64:39', 'f64:45', 'f64:4', 'f64:180'],
  passSparse: [4, 'i32:0,3,3,8,9', 'i32:1,0,6,2,3,4,5,6,0', 'f64:9', 'f64:7', 'f64:4', 0, 'f64:4', 'f64:7', 'f64:4'],
  gram: [D, R, 'f64:63', 'f64:45'],
  multiply: [D, R, 'f64:45', 'f64:63', 'f64:63', 'f64:9'],
  axpy: [203, 0.3, 'f64:203', 'f64:203'],
  dot: [203, 'f64:203', 'f64:203'],
}
