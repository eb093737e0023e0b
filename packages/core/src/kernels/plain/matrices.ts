/** Plain-JavaScript twins of assembly/vectors.ts and matrices.ts: the same operations in the same order. */

/** dot of the n numbers from x[ox] and from y[oy] on. */
export function dotAt(n: number, x: Float64Array, ox: number, y: Float64Array, oy: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let e = 0
  let f = 0
  let g = 0
  let h = 0
  let i = 0
  for (; i + 8 <= n; i += 8) {
    const p = ox + i
    const q = oy + i
    a += x[p] * y[q]
    b += x[p + 1] * y[q + 1]
    c += x[p + 2] * y[q + 2]
    d += x[p + 3] * y[q + 3]
    e += x[p + 4] * y[q + 4]
    f += x[p + 5] * y[q + 5]
    g += x[p + 6] * y[q + 6]
    h += x[p + 7] * y[q + 7]
  }
  let s = a + c + (e + g) + (b + d + (f + h))
  for (; i < n; i++) s += x[ox + i] * y[oy + i]
  return s
}

export function axpyAt(n: number, alpha: number, x: Float64Array, ox: number, y: Float64Array, oy: number): void {
  for (let j = 0; j < n; j++) y[oy + j] += alpha * x[ox + j]
}

export function dot(n: number, x: Float64Array, y: Float64Array): number {
  return dotAt(n, x, 0, y, 0)
}

export function axpy(n: number, alpha: number, x: Float64Array, y: Float64Array): void {
  axpyAt(n, alpha, x, 0, y, 0)
}

export function gemv(m: number, n: number, A: Float64Array, lda: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < m; i++) y[i] = dotAt(n, A, i * lda, x, 0)
}

export function gemvT(m: number, n: number, A: Float64Array, lda: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < m; i++) axpyAt(n, x[i], A, i * lda, y, 0)
}

export function spmv(
  m: number,
  starts: Int32Array,
  columns: Int32Array,
  values: Float64Array,
  x: Float64Array,
  y: Float64Array,
): void {
  let k = starts[0]
  for (let i = 0; i < m; i++) {
    let s = 0
    let t = 0
    for (const end = starts[i + 1]; k < end; k += 2) {
      s += values[k] * x[columns[k]]
      if (k + 1 < end) t += values[k + 1] * x[columns[k + 1]]
    }
    k = starts[i + 1]
    y[i] = s + t
  }
}
