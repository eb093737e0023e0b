import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../wasm.ts'

// Sums run over i mod 4 and are added as (0 + 2) + (1 + 3); the last n mod 4 products follow one by one.

/**
 * Applies the rank-2 update A -= v w' + w v' to the m x m block that starts at A[at], and writes its
 * product with u into q, in one pass over A; the vectors are read and written from place `from` on.
 */
function rank2Product(
  m: number,
  at: number,
  A: Float64Array,
  lda: number,
  from: number,
  v: Float64Array,
  w: Float64Array,
  u: Float64Array,
  q: Float64Array,
): void {
  for (let i = 0; i < m; i++) {
    const row = at + i * lda
    for (let j = 0; j < m; j++) A[row + j] -= v[from + i] * w[from + j] + w[from + i] * v[from + j]
    q[from + i] = rowDot(m, A, row, u, from)
  }
}

/** Applies the reflector I - tau u u' from the right to the m rows of m entries from P[at] on; u is read from place `from` on. */
function reflectRows(
  m: number,
  at: number,
  P: Float64Array,
  ldp: number,
  tau: number,
  from: number,
  u: Float64Array,
): void {
  for (let i = 0; i < m; i++) {
    const row = at + i * ldp
    const factor = -tau * rowDot(m, P, row, u, from)
    for (let j = 0; j < m; j++) P[row + j] = factor * u[from + j] + P[row + j]
  }
}

/**
 * Applies plane rotations k = count - 1 .. 0 to the rows k and k + 1 of n entries, where row k starts
 * at Z[at + k step]: row k + 1 becomes s z_k + c z_k+1, row k becomes c z_k - s z_k+1.
 */
function rotateRows(
  n: number,
  count: number,
  at: number,
  Z: Float64Array,
  step: number,
  c: Float64Array,
  s: Float64Array,
): void {
  for (let k = count - 1; k >= 0; k--) {
    const [ck, sk, low] = [c[k], s[k], at + k * step]
    for (let j = low; j < low + n; j++) {
      const [z, h] = [Z[j], Z[j + step]]
      Z[j + step] = sk * z + ck * h
      Z[j] = ck * z - sk * h
    }
  }
}

function rowDot(m: number, A: Float64Array, row: number, u: Float64Array, from: number): number {
  let [a, b, c, d, j] = [0, 0, 0, 0, 0]
  for (; j + 4 <= m; j += 4) {
    a += A[row + j] * u[from + j]
    b += A[row + j + 1] * u[from + j + 1]
    c += A[row + j + 2] * u[from + j + 2]
    d += A[row + j + 3] * u[from + j + 3]
  }
  let sum = a + c + (b + d)
  for (; j < m; j++) sum += A[row + j] * u[from + j]
  return sum
}

export interface EigenKernels {
  rank2Product: typeof rank2Product
  reflectRows: typeof reflectRows
  rotateRows: typeof rotateRows
}

export const eigenKernels: KernelSet<EigenKernels> = /* @__PURE__ */ kernelSet(wasm, {
  rank2Product,
  reflectRows,
  rotateRows,
})
