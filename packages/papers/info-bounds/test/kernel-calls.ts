import type { KernelCall } from '@opt/testing/kernels'
import { mixtureKernels } from '../src/shift/kernels.ts'

export const sets = [mixtureKernels]

const [POINTS, WIDTH, CENTRES] = [9, 5, 24]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  logDensities: [
    POINTS,
    WIDTH,
    CENTRES,
    21,
    `f64:${POINTS * WIDTH}`,
    `f64:${CENTRES * WIDTH}`,
    `work:${CENTRES}`,
    `f64:${POINTS}`,
  ],
}
