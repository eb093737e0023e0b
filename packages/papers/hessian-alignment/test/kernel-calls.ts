import type { KernelCall } from '@opt/testing/kernels'
import { headKernels } from '../src/head/kernels.ts'

export const sets = [headKernels]

const [N, D, K] = [70, 16, 3]
const [FEATURES, WIDTH] = [12, 8]

const rows: KernelCall = [N, D, K, `f64:${N * D}`, `f64:${N * K}`, `f64:${K * D}`]
const columns: KernelCall = [N, D, K, `f64:${N * D}`, `f64:${K * D}`, `f64:${N * K}`]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  products: columns,
  squareProducts: columns,
  sums: rows,
  squareSums: rows,
  outer: [
    N,
    FEATURES,
    K,
    2 * K,
    D,
    WIDTH,
    `f64:${N * D}`,
    `f64:${N * WIDTH}`,
    `f64:${FEATURES * WIDTH}`,
    `f64:${N * FEATURES}`,
    1,
  ],
}
