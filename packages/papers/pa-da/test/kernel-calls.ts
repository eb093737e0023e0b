import type { KernelCall } from '@opt/testing/kernels'
import { networkKernels } from '../src/kernels.ts'

export const sets = [networkKernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = Object.fromEntries(
  (
    [
      ['', 'f64'],
      ['32', 'f32'],
    ] as const
  ).flatMap(([suffix, kind]) => {
    const array = (n: number) => `${kind}:${n}` as const
    return [
      [`relu${suffix}`, [203, array(203), array(203)]],
      [`addWherePositive${suffix}`, [203, array(203), array(203), array(203)]],
      [`add${suffix}`, [203, array(203), array(203)]],
      [`pool${suffix}`, [9, 7, array(63), array(63)]],
      [`normalize${suffix}`, [9, 7, array(63), array(63), 'f64:9']],
      [`normalizeBack${suffix}`, [9, 7, array(63), 'f64:9', array(63), array(63)]],
      [`addColumns${suffix}`, [9, 7, array(63), array(7)]],
      [`descend${suffix}`, [203, 0.05, 0.9, 0.7, 1e-3, array(203), array(203), array(203)]],
    ] as [string, KernelCall][]
  }),
)
