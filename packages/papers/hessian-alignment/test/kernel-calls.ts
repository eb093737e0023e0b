import type { KernelCall } from '@opt/testing/kernels'
import { headKernels } from '../src/head/kernels.ts'

export const sets = [headKernels]

const [N, D, ROWS] = [7, 10, 11]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  twoProducts: [N, ROWS, `f64:${N * ROWS}`, `f64:${ROWS}`, `f64:${ROWS}`, `f64:${N}`, `f64:${N}`],
  twoSums: [N, ROWS, `f64:${N * ROWS}`, `f64:${N}`, `f64:${N}`, `f64:${ROWS}`, `f64:${ROWS}`],
  featureGradient: [
    N,
    D,
    ROWS,
    `f64:${N * ROWS}`,
    `f64:${N}`,
    `f64:${ROWS}`,
    `f64:${N}`,
    `f64:${ROWS}`,
    `f64:${N}`,
    `f64:${ROWS}`,
    `f64:${N * D}`,
    `f64:${ROWS}`,
  ],
}
