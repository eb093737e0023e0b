import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../wasm.ts'
import * as plain from './plain.ts'

/**
 * The loops over n pixels of l values each (l even) and k end-members. Y is n x l and A is n x k, a pixel a row; W and G
 * are k x l, an end-member a row. Sums over the bands of a pixel are two, over even and odd places, then added; sums over
 * pixels go in order.
 */
export interface UnmixingKernels {
  /**
   * One multiplicative step of all abundances: with b = W y,
   *
   *     a <- max(a (b + sumToOne) / (S a + sumToOne sum(a) + sparsity (1 - h) powers / a), 1e-12),
   *
   * and, with the new ones, G = A'Y and the lower triangle of H = A'A (k x k), in the same read of Y. `work`: 4 k.
   */
  stepAbundances(
    n: number,
    l: number,
    k: number,
    Y: Float64Array,
    W: Float64Array,
    S: Float64Array,
    sparsity: number,
    sumToOne: number,
    h: Float64Array,
    powers: Float64Array,
    A: Float64Array,
    G: Float64Array,
    H: Float64Array,
    work: Float64Array,
  ): void
  /** Writes G = A'Y and the lower triangle of H = A'A, with the bits of `stepAbundances`. `work`: k. */
  gather(
    n: number,
    l: number,
    k: number,
    Y: Float64Array,
    A: Float64Array,
    G: Float64Array,
    H: Float64Array,
    work: Float64Array,
  ): void
  /** Writes the logarithms of n numbers. */
  logarithms(n: number, A: Float64Array, logs: Float64Array): void
  /**
   * Writes the h in [0, hmax] that minimises sum_k exp((1 - h) logs_k) + (mu / 2) (hmax - h)^2 for each pixel, by
   * Newton's method from the h that is there, within a bracket; sums over k mod 2, then added.
   */
  learn(n: number, k: number, logs: Float64Array, mu: number, hmax: number, h: Float64Array): void
  /** Writes out = exp((1 - h) logs). */
  powers(n: number, k: number, logs: Float64Array, h: Float64Array, out: Float64Array): void
}

/** {@link UnmixingKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const unmixingKernels: KernelSet<UnmixingKernels> = /* @__PURE__ */ kernelSet(wasm, {
  stepAbundances: plain.stepAbundances,
  gather: plain.gather,
  logarithms: plain.logarithms,
  learn: plain.learn,
  powers: plain.powers,
})
