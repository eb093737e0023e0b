/**
 * Factorises a square matrix in place, P A = L U, with partial pivoting.
 *
 * @param A N x N, row-major.
 * @param order receives the rows of A in the order of the pivots.
 * @returns whether all pivots are finite and not zero.
 */
export function factorise(A: Float64Array, N: number, order: Int32Array): boolean {
  for (let i = 0; i < N; i++) order[i] = i
  for (let k = 0; k < N; k++) {
    let pivot = k
    for (let i = k + 1; i < N; i++) if (Math.abs(A[i * N + k]) > Math.abs(A[pivot * N + k])) pivot = i
    const value = A[pivot * N + k]
    if (value === 0 || !Number.isFinite(value)) return false
    if (pivot !== k) swapRows(A, N, k, pivot, order)
    const top = A.subarray(k * N, (k + 1) * N)
    for (let i = k + 1; i < N; i++) {
      const row = A.subarray(i * N, (i + 1) * N)
      const factor = row[k] / value
      row[k] = factor
      if (factor === 0) continue
      for (let j = k + 1; j < N; j++) row[j] -= factor * top[j]
    }
  }
  return true
}

function swapRows(A: Float64Array, N: number, a: number, b: number, order: Int32Array): void {
  for (let j = 0; j < N; j++) {
    const entry = A[a * N + j]
    A[a * N + j] = A[b * N + j]
    A[b * N + j] = entry
  }
  const row = order[a]
  order[a] = order[b]
  order[b] = row
}

/** Writes the solution x of A x = b by the factors of A. */
export function substitute(LU: Float64Array, N: number, order: Int32Array, b: Float64Array, x: Float64Array): void {
  for (let i = 0; i < N; i++) {
    let sum = b[order[i]]
    for (let j = 0; j < i; j++) sum -= LU[i * N + j] * x[j]
    x[i] = sum
  }
  for (let i = N - 1; i >= 0; i--) {
    let sum = x[i]
    for (let j = i + 1; j < N; j++) sum -= LU[i * N + j] * x[j]
    x[i] = sum / LU[i * N + i]
  }
}
