import type { KernelCall } from '@opt/testing/kernels'
import { unmixingKernels } from '../src/kernels/kernels.ts'

export const sets = [unmixingKernels]

const [N, L, K] = [9, 12, 7]
const PIXELS = `+f64:${N * L}`
const SPECTRA = `+f64:${K * L}`
const PARTS = `+f64:${N * K}`

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  stepAbundances: [
    N,
    L,
    K,
    PIXELS,
    SPECTRA,
    `+f64:${K * K}`,
    0.3,
    2,
    `+f64:${N}`,
    PARTS,
    PARTS,
    SPECTRA,
    `f64:${K * K}`,
    `work:${4 * K}`,
  ],
  gather: [N, L, K, PIXELS, PARTS, SPECTRA, `f64:${K * K}`, `work:${K}`],
  logarithms: [203, '+f64:203', 'f64:203'],
  learn: [N, K, `f64:${N * K}`, 2, 0.9, `+f64:${N}`],
  powers: [N, K, `f64:${N * K}`, `+f64:${N}`, `f64:${N * K}`],
}
