import type { KernelCall } from '@opt/testing/kernels'
import { barrierKernels } from '../src/attacks/kernels.ts'

export const sets = [barrierKernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  barrierStep: [7, 'f64:7', 'f64:7', 'f64:7', 'f64:7', 0.01, 0.3, 0.2, 0.02, 0],
  barrierAdam: [7, 'f64:7', 'f64:7', 'f64:7', 'f64:7', 'f64:7', '+f64:7', 0.01, 0.3, 0.2, 0.02, 0.1, 0.001],
  barrierDirection: [7, 'f64:7', 'f64:7', 'f64:7', 'f64:7', 'f64:7', 0.01, 0.3, 1],
}
