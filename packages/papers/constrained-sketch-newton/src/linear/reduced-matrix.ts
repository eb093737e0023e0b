/**
 * Returns Z'H Z, where Z is an orthonormal basis of the null space of G, if G has rank m: the last n - m columns of Q in
 * the Householder factorisation G' = Q R.
 *
 * @param G m x n, row-major, m < n; not changed.
 * @param H n x n, symmetric, row-major; overwritten.
 */
export function reducedMatrix(G: Float64Array, H: Float64Array, m: number, n: number): Float64Array {
  const A = G.slice()
  const v = new Float64Array(n)
  const w = new Float64Array(n)
  for (let k = 0; k < m; k++) {
    const beta = reflector(A.subarray(k * n, (k + 1) * n), k, v)
    if (beta === 0) continue
    for (let i = k + 1; i < m; i++) {
      const row = A.subarray(i * n, (i + 1) * n)
      let product = 0
      for (let j = k; j < n; j++) product += v[j] * row[j]
      for (let j = k; j < n; j++) row[j] -= beta * product * v[j]
    }
    reflectBothSides(H, v, beta, k, n, w)
  }
  const size = n - m
  const block = new Float64Array(size * size)
  for (let i = 0; i < size; i++) block.set(H.subarray((m + i) * n + m, (m + i + 1) * n), i * size)
  return block
}

/** Writes v, from entry k on, with (I - beta v v') row = a multiple of e_k; returns beta, 0 for a zero row. */
function reflector(row: Float64Array, k: number, v: Float64Array): number {
  let largest = 0
  for (let j = k; j < row.length; j++) largest = Math.max(largest, Math.abs(row[j]))
  if (!(largest > 0)) return 0
  let squared = 0
  for (let j = k; j < row.length; j++) {
    v[j] = row[j] / largest
    squared += v[j] * v[j]
  }
  const length = Math.sqrt(squared)
  v[k] += v[k] < 0 ? -length : length
  return 1 / (length * Math.abs(v[k]))
}

/** H = P H P with P = I - beta v v', v zero before entry k; only entries from k on, which are all that is needed. */
function reflectBothSides(H: Float64Array, v: Float64Array, beta: number, k: number, n: number, w: Float64Array): void {
  let vHv = 0
  for (let i = k; i < n; i++) {
    let product = 0
    for (let j = k; j < n; j++) product += H[i * n + j] * v[j]
    w[i] = beta * product
    vHv += v[i] * product
  }
  const half = (beta * beta * vHv) / 2
  for (let j = k; j < n; j++) w[j] -= half * v[j]
  for (let i = k; i < n; i++) for (let j = k; j < n; j++) H[i * n + j] -= v[i] * w[j] + w[i] * v[j]
}
