import { allocate, gemmScratch, matrixKernels, matrixView, transpose } from '@opt/core'
import type { HeadRows } from '../head/head-rows.ts'

/** Up to this many parameters of a head its Hessian is formed. */
export const MOST_DENSE = 600

/** Adds `factor` H to a matrix of (rows K)^2, row and column j K + k: H_kl = Z' diag(S_kl) Z / n. */
export function addHessian({ Z, p, w, n, K }: HeadRows, factor: number, H: Float64Array): void {
  const { columns: D, stride } = Z
  const size = D * K
  const { kernels, X, Y, block, work } = allocate([matrixKernels], (views) => ({
    X: views.f64(n * stride),
    Y: views.f64(n * stride),
    block: views.f64(D * D),
    work: views.f64(gemmScratch(D, D, n)),
  }))
  X.set(Z.data)
  for (let k = 0; k < K; k++)
    for (let l = k; l < K; l++) {
      for (let i = 0; i < n; i++) {
        const s = K === 1 || k === l ? w[i * K + k] : -p[i * K + k] * p[i * K + l]
        for (let j = i * stride, end = j + D; j < end; j++) Y[j] = s * X[j]
      }
      block.fill(0)
      kernels.gemm(
        factor / n,
        transpose(matrixView(X, n, D, stride)),
        matrixView(Y, n, D, stride),
        matrixView(block, D, D),
        work,
      )
      for (let i = 0; i < D; i++)
        for (let j = 0; j < D; j++) {
          // Rounding differs between the triangles.
          const entry = (block[i * D + j] + block[j * D + i]) / 2
          H[(i * K + k) * size + j * K + l] += entry
          if (l > k) H[(j * K + l) * size + i * K + k] += entry
        }
    }
}

/** Returns H_T - H_S, (rows K)^2. */
export function hessianDifference(source: HeadRows, target: HeadRows): Float64Array {
  const size = source.theta.length
  const H = new Float64Array(size * size)
  addHessian(target, 1, H)
  addHessian(source, -1, H)
  return H
}
