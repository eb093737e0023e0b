import { allocate, gemmScratch, type MatrixView, matrixKernels, matrixView, transpose } from '@opt/core'
import type { HeadRows } from '../head/head-rows.ts'

const BLOCK = 128

/**
 * <H_a, H_b> of two domains' Hessians, which are not formed: the mean over pairs of examples of <S_i, S_j> (z_i.z_j)^2
 * with <S_i, S_j> = p.q - p^2.q - p.q^2 + (p.q)^2, or for K = 1 the product of both p (1 - p).
 */
function hessianProduct(a: HeadRows, b: HeadRows): number {
  const D = a.Z.stride
  const { K } = a
  const { kernels, X, Y, P, Q, dots, mixed, work } = allocate([matrixKernels], (views) => ({
    X: views.f64(BLOCK * D),
    Y: views.f64(BLOCK * D),
    P: views.f64(BLOCK * 3 * K),
    Q: views.f64(BLOCK * 3 * K),
    dots: views.f64(BLOCK * BLOCK),
    mixed: views.f64(BLOCK * BLOCK),
    work: views.f64(Math.max(gemmScratch(BLOCK, BLOCK, D), gemmScratch(BLOCK, BLOCK, 3 * K))),
  }))
  /** Loads rows and their factors p, p^2 and p (in this order, or with the last two exchanged and negative). */
  const load = (
    from: HeadRows,
    first: number,
    n: number,
    rows: Float64Array,
    factors: Float64Array,
    other: boolean,
  ) => {
    rows.set(from.Z.data.subarray(first * D, (first + n) * D))
    for (let i = 0; i < n; i++)
      for (let k = 0; k < K; k++) {
        const p = from.p[(first + i) * K + k]
        factors[i * 3 * K + k] = p
        factors[i * 3 * K + K + k] = other ? -p : p * p
        factors[i * 3 * K + 2 * K + k] = other ? -p * p : p
      }
  }
  const multiply = (x: MatrixView, y: MatrixView, out: Float64Array) => {
    out.fill(0)
    kernels.gemm(1, x, transpose(y), matrixView(out, x.rows, y.rows, BLOCK), work)
  }
  let sum = 0
  for (let i0 = 0; i0 < a.n; i0 += BLOCK) {
    const n = Math.min(BLOCK, a.n - i0)
    load(a, i0, n, X, P, false)
    for (let j0 = 0; j0 < b.n; j0 += BLOCK) {
      const m = Math.min(BLOCK, b.n - j0)
      load(b, j0, m, Y, Q, true)
      multiply(matrixView(X, n, D), matrixView(Y, m, D), dots)
      // p.q - p^2.q - p.q^2, and then p.q alone.
      multiply(matrixView(P, n, 3 * K), matrixView(Q, m, 3 * K), mixed)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++) {
          const zz = dots[i * BLOCK + j]
          let pq = 0
          for (let k = 0; k < K; k++) pq += P[i * 3 * K + k] * Q[j * 3 * K + k]
          const s = K === 1 ? a.w[i0 + i] * b.w[j0 + j] : mixed[i * BLOCK + j] + pq * pq
          sum += s * zz * zz
        }
    }
  }
  return sum / a.n / b.n
}

/** |H_T - H_S|_F by products over pairs of examples. */
export function frobeniusDistance(source: HeadRows, target: HeadRows): number {
  const square = hessianProduct(target, target) - 2 * hessianProduct(source, target) + hessianProduct(source, source)
  return Math.sqrt(Math.max(0, square))
}
