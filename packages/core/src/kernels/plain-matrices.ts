/** Plain-JavaScript twins of assembly/vectors.ts, matrices.ts, products.ts and triangular.ts: the same operations in the same order. */
import { checkWork, gemmScratch, solveScratch } from './kernels.ts'

function dotAt(n: number, x: Float64Array, ox: number, y: Float64Array, oy: number): number {
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

function axpyAt(n: number, alpha: number, x: Float64Array, ox: number, y: Float64Array, oy: number): void {
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

export function scale2(
  m: number,
  n: number,
  K: Float64Array,
  ldk: number,
  a: Float64Array,
  v: Float64Array,
  u: Float64Array,
  z: Float64Array,
): void {
  z.fill(0, 0, n)
  for (let i = 0; i < m; i++) {
    u[i] = a[i] / dotAt(n, K, i * ldk, v, 0)
    axpyAt(n, u[i], K, i * ldk, z, 0)
  }
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

/** C += alpha A B from the given places on; with lower, only where column <= row. One row of sums at a time lies in work. */
function product(
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Float64Array,
  atA: number,
  rowA: number,
  columnA: number,
  B: Float64Array,
  atB: number,
  rowB: number,
  columnB: number,
  C: Float64Array,
  atC: number,
  ldc: number,
  work: Float64Array,
  lower: boolean,
): void {
  for (let first = 0; first < n; first += 512) {
    for (let start = 0; start < k; start += 256) {
      for (let i = 0; i < m; i++) {
        const width = Math.min(n, first + 512, lower ? i + 1 : n) - first
        if (width <= 0) continue
        work.fill(0, 0, width)
        for (let l = start; l < Math.min(k, start + 256); l++) {
          const a = alpha * A[atA + i * rowA + l * columnA]
          const b = atB + l * rowB + first * columnB
          for (let j = 0; j < width; j++) work[j] += a * B[b + j * columnB]
        }
        axpyAt(width, 1, work, 0, C, atC + i * ldc + first)
      }
    }
  }
}

export function gemm(
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: Float64Array,
  rowA: number,
  columnA: number,
  B: Float64Array,
  rowB: number,
  columnB: number,
  C: Float64Array,
  ldc: number,
  work: Float64Array,
): void {
  checkWork('gemm', work, gemmScratch(m, n, k))
  product(m, n, k, alpha, A, 0, rowA, columnA, B, 0, rowB, columnB, C, 0, ldc, work, false)
}

export function syrk(
  n: number,
  k: number,
  alpha: number,
  A: Float64Array,
  rowA: number,
  columnA: number,
  C: Float64Array,
  ldc: number,
  work: Float64Array,
): void {
  checkWork('syrk', work, gemmScratch(n, n, k))
  product(n, n, k, alpha, A, 0, rowA, columnA, A, 0, columnA, rowA, C, 0, ldc, work, true)
}

const BLOCK = 64

export function potrf(n: number, A: Float64Array, lda: number, work: Float64Array): number {
  checkWork('potrf', work, solveScratch(n, n))
  for (let j = 0; j < n; j += BLOCK) {
    const next = Math.min(n, j + BLOCK)
    for (let i = j; i < n; i++) {
      const row = i * lda + j
      for (let c = j; c < Math.min(i, next); c++) {
        const l = c * lda + j
        A[row + c - j] = (A[row + c - j] - dotAt(c - j, A, row, A, l)) / A[l + c - j]
      }
      if (i >= next) continue
      const pivot = A[row + i - j] - dotAt(i - j, A, row, A, row)
      if (!(pivot > 0 && pivot < Infinity)) return i + 1
      A[row + i - j] = Math.sqrt(pivot)
    }
    const panel = next * lda + j
    product(n - next, n - next, next - j, -1, A, panel, lda, 1, A, panel, 1, lda, A, next * lda + next, lda, work, true)
  }
  return 0
}

export function trsv(n: number, L: Float64Array, ldl: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) x[i] = (x[i] - dotAt(i, L, i * ldl, x, 0)) / L[i * ldl + i]
}

export function trsvT(n: number, L: Float64Array, ldl: number, x: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    x[i] /= L[i * ldl + i]
    axpyAt(i, -x[i], L, i * ldl, x, 0)
  }
}

export function trsm(
  n: number,
  columns: number,
  L: Float64Array,
  ldl: number,
  B: Float64Array,
  ldb: number,
  work: Float64Array,
): void {
  checkWork('trsm', work, solveScratch(n, columns))
  for (let j = 0; j < n; j += BLOCK) {
    const next = Math.min(n, j + BLOCK)
    for (let i = j; i < next; i++) {
      for (let s = 0; s < columns; s++) B[i * ldb + s] *= -1
      for (let c = j; c < i; c++) axpyAt(columns, L[i * ldl + c], B, c * ldb, B, i * ldb)
      for (let s = 0; s < columns; s++) B[i * ldb + s] /= -L[i * ldl + i]
    }
    product(
      n - next,
      columns,
      next - j,
      -1,
      L,
      next * ldl + j,
      ldl,
      1,
      B,
      j * ldb,
      ldb,
      1,
      B,
      next * ldb,
      ldb,
      work,
      false,
    )
  }
}

export function trsmT(
  n: number,
  columns: number,
  L: Float64Array,
  ldl: number,
  B: Float64Array,
  ldb: number,
  work: Float64Array,
): void {
  checkWork('trsmT', work, solveScratch(n, columns))
  for (let j = (n - 1) & -BLOCK; j >= 0; j -= BLOCK) {
    const next = Math.min(n, j + BLOCK)
    for (let i = next - 1; i >= j; i--) {
      for (let s = 0; s < columns; s++) B[i * ldb + s] /= L[i * ldl + i]
      for (let c = j; c < i; c++) axpyAt(columns, -L[i * ldl + c], B, i * ldb, B, c * ldb)
    }
    product(j, columns, next - j, -1, L, j * ldl, 1, ldl, B, j * ldb, ldb, 1, B, 0, ldb, work, false)
  }
}
