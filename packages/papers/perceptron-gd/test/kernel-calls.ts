import type { KernelCall } from '@opt/testing/kernels'
import { rowKernels } from '../src/kernels/kernels.ts'

const [M, N] = [38, 45]
const STARTS = 'i32:0,3,3,8,9'
const COLUMNS = 'i32:1,0,6,2,3,4,5,6,0'

export const sets = [rowKernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  gemv: [M, N, 'f64:1824', 48, 'f64:45', 'f64:38'],
  spmv: [4, STARTS, COLUMNS, 'f64:9', 'f64:7', 'f64:4'],
  weigh: [M, N, 'f64:1824', 48, 'f64:45', 3, 0.5, 0, 'f64:38', 'f64:45', 'f64:6'],
  weighSparse: [4, STARTS, COLUMNS, 'f64:9', 'f64:7', Infinity, 0.5, 0, 'f64:4', 'f64:7', 'f64:6'],
  correct: [M, N, 'f64:1824', 48, 'f64:45'],
  correctSparse: [4, STARTS, COLUMNS, 'f64:9', 'f64:7'],
  logisticLoss: [1203, 'f64:1203', 30],
}
