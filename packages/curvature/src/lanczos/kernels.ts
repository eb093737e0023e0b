import { type KernelSet, kernelSet, type MatrixView } from '@opt/core'
import * as core from '@opt/core/kernels'
import { wasm } from '../basis-wasm.ts'

/** Kernels of the core, in float64 only: a module of a fifth of the size. */
export interface BasisKernels {
  /** x'y over the first n entries. */
  dot(n: number, x: Float64Array, y: Float64Array): number
  /** y += alpha x over the first n entries. */
  axpy(n: number, alpha: number, x: Float64Array, y: Float64Array): void
  /** Writes y = A x. */
  gemv(A: MatrixView, x: Float64Array, y: Float64Array): void
  /** y += A'x. */
  gemvT(A: MatrixView, x: Float64Array, y: Float64Array): void
}

export const basisKernels: KernelSet<BasisKernels> = /* @__PURE__ */ kernelSet(wasm, {
  dot: core.dot.plain.dot as BasisKernels['dot'],
  axpy: core.axpy.plain.axpy as BasisKernels['axpy'],
  gemv: core.gemv,
  gemvT: core.gemvT64,
})
