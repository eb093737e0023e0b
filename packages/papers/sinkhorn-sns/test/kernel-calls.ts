import type { KernelCall } from '@opt/testing/kernels'
import { planKernels } from '../src/kernels.ts'

export const sets = [planKernels]

const zeros = (n: number) => `i32:${Array(n).fill(0).join()}`
/** 3 x 7 with kept entries: two, none and four in a row. */
const [STARTS, COLUMNS] = ['i32:0,2,2,6', 'i32:1,5,0,2,3,6']

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  histogram: [5, 7, '+f64:45', 9, 0.5, zeros(8192), 'f64:8192'],
  keep: [5, 7, 'f64:45', 9, 0.3, zeros(6), zeros(35), 'f64:35'],
  gibbsAbove: [3, 7, 'f64:24', 8, 'f64:3', 'f64:7', 0.3, -3, 'f64:27', 9, 'f64:3', 'f64:7'],
  spmvT: [3, STARTS, COLUMNS, 'f64:6', 'f64:3', 'f64:7'],
  gibbsKept: [3, STARTS, COLUMNS, 'f64:24', 8, 'f64:3', 'f64:7', 0.3, 'f64:6', 'f64:3', 'f64:7'],
  rescaleKept: [3, STARTS, COLUMNS, 'f64:6', 'f64:3', 'f64:7', 'f64:3', 'f64:7'],
  squares: [3, 7, 'f64:24', 8, 'f64:7', 'f64:3'],
  squaresT: [3, 7, 'f64:24', 8, 'f64:3', 'f64:7'],
}
