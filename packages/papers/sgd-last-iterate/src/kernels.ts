import { type KernelSet, kernelSet, type MatrixKernels, type MatrixView } from '@opt/core'
import { plainAxpy as axpy, plainDot as dot, gemv, gemvT64 } from '@opt/core/kernels'
import { wasm } from './wasm.ts'

/** The kernels of this package, some of them the core's. */
export interface StepKernels extends Pick<MatrixKernels, 'gemv'> {
  /** x'y over the first n entries. */
  dot(n: number, x: Float64Array, y: Float64Array): number
  /** y += alpha x over the first n entries. */
  axpy(n: number, alpha: number, x: Float64Array, y: Float64Array): void
  /** y += A'x. */
  gemvT(A: MatrixView, x: Float64Array, y: Float64Array): void
  /**
   * Writes out = v - clamp(v, -threshold, threshold), the soft threshold of v = x - eta g, over n entries; out may be
   * x. Returns 0 if all of them are finite, otherwise NaN.
   */
  softDescend(n: number, eta: number, threshold: number, g: Float64Array, x: Float64Array, out: Float64Array): number
  /** Writes out = factor x over n entries. */
  scaled(n: number, factor: number, x: Float64Array, out: Float64Array): void
}

function softDescend(
  n: number,
  eta: number,
  threshold: number,
  g: Float64Array,
  x: Float64Array,
  out: Float64Array,
): number {
  let probe = 0
  for (let i = 0; i < n; i++) {
    const v = x[i] - eta * g[i]
    out[i] = v - Math.min(Math.max(v, -threshold), threshold)
    probe += out[i] - out[i]
  }
  return probe
}

function scaled(n: number, factor: number, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = factor * x[i]
}

/** {@link StepKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const stepKernels: KernelSet<StepKernels> = /* @__PURE__ */ kernelSet(wasm, {
  dot,
  axpy,
  gemv,
  gemvT: gemvT64,
  softDescend,
  scaled,
})
