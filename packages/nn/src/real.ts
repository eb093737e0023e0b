import type { Kernels } from '@opt/core'

/** Numbers of a network: of 64 or of 32 bits, all the same. */
export type Real = Float64Array | Float32Array

export type Precision = 'float64' | 'float32'

/** The kernels of one precision; see {@link Kernels} for what each does. */
export interface Products {
  /** The first entry that is not finite, or -1. */
  nonFinite(n: number, x: Real): number
  /** y += alpha x */
  axpy(n: number, alpha: number, x: Real, y: Real): void
  /** y += A'x */
  gemvT(m: number, n: number, A: Real, lda: number, x: Real, y: Real): void
  /** C += alpha A B; a transpose is a matter of strides. */
  gemm(
    m: number,
    n: number,
    k: number,
    alpha: number,
    A: Real,
    rowA: number,
    columnA: number,
    B: Real,
    rowB: number,
    columnB: number,
    C: Real,
    ldc: number,
    work: Real,
  ): void
}

export function productsOf(kernels: Kernels, precision: Precision): Products {
  const { nonFinite, axpy, gemvT, gemm, nonFinite32, axpy32, gemvT32, gemm32 } = kernels
  const products =
    precision === 'float64'
      ? { nonFinite, axpy, gemvT, gemm }
      : { nonFinite: nonFinite32, axpy: axpy32, gemvT: gemvT32, gemm: gemm32 }
  return products as Products
}
