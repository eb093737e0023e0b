import { allocate, exponentialKernels, gemmScratch, type Matrix, matrixKernels, matrixView } from '@opt/core'
import { activate } from './activations.ts'
import type { GrownNetwork } from './grown-network.ts'

/** Rows that are computed at a time. */
const CHUNK = 256

/**
 * Computes F after each of the first T stages for n rows; `use` sees stage t and F, which the next call overwrites. The
 * numbers of a row do not depend on the other rows.
 */
export function forward(
  network: GrownNetwork,
  X: Matrix,
  T: number,
  use: (t: number, from: number, F: Float64Array) => void,
): void {
  const { neuronsPerStep: J, W, b, V, activation } = network
  const [n, d] = X.shape as [number, number]
  const [U, K] = V.shape as [number, number]
  const bias = network.cumulativeBias.data
  const most = Math.min(CHUNK, n)
  const scratch = Math.max(gemmScratch(most, J, d), gemmScratch(most, K, J))
  const { rows, w, v, H, S, work, kernels } = allocate([matrixKernels, exponentialKernels], (views) => ({
    rows: views.f64(most * d),
    w: views.f64(d * U),
    v: views.f64(U * K),
    H: views.f64(most * J),
    S: views.f64(most * K),
    work: views.f64(scratch),
  }))
  w.set(W.data)
  v.set(V.data)
  const F = new Float64Array(most * K)
  const sign = activation === 'sigmoid' ? -1 : 1
  for (let from = 0; from < n; from += CHUNK) {
    const m = Math.min(CHUNK, n - from)
    rows.set(X.data.subarray(from * d, (from + m) * d))
    S.fill(0)
    const [inputs, hidden, sums] = [matrixView(rows, m, d), matrixView(H, m, J), matrixView(S, m, K)]
    for (let t = 0; t <= T; t++) {
      if (t > 0) {
        const at = (t - 1) * J
        for (let i = 0; i < m * J; i++) H[i] = sign * b[at + (i % J)]
        kernels.gemm(sign, inputs, matrixView(w.subarray(at), d, J, U), hidden, work)
        activate(activation, m * J, H, kernels.vexp)
        kernels.gemm(1, hidden, matrixView(v.subarray(at * K), J, K), sums, work)
      }
      for (let i = 0; i < m * K; i++) F[i] = S[i] + bias[t * K + (i % K)]
      use(t, from, F.subarray(0, m * K))
    }
  }
}
