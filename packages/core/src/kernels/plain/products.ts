/** Plain-JavaScript twins of assembly/products.ts and triangular.ts: the same operations in the same order. */

import { checkWork, gemmWork, solveWork } from '../scratch.ts'
import { axpyAt, dotAt } from './matrices.ts'

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
  checkWork('gemm', work, gemmWork(m, n, k))
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
  checkWork('syrk', work, gemmWork(n, n, k))
  product(n, n, k, alpha, A, 0, rowA, columnA, A, 0, columnA, rowA, C, 0, ldc, work, true)
}

const BLOCK = 64

export function potrf(n: number, A: Float64Array, lda: number, work: Float64Array): number {
  checkWork('potrf', work, solveWork(n, n))
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
  checkWork('trsm', work, solveWork(n, columns))
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
  checkWork('trsmT', work, solveWork(n, columns))
  for (let j = (n - 1) & -BLOCK; j >= 0; j -= BLOCK) {
    const next = Math.min(n, j + BLOCK)
    for (let i = next - 1; i >= j; i--) {
      for (let s = 0; s < columns; s++) B[i * ldb + s] /= L[i * ldl + i]
      for (let c = j; c < i; c++) axpyAt(columns, -L[i * ldl + c], B, i * ldb, B, c * ldb)
    }
    product(j, columns, next - j, -1, L, j * ldl, 1, ldl, B, j * ldb, ldb, 1, B, 0, ldb, work, false)
  }
}
