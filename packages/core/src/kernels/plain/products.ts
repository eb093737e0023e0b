/** Plain-JavaScript twins of assembly/products.ts and triangular.ts: the same operations in the same order. */

import type { Floats } from '../matrix-view.ts'
import { axpyAt, dotAt } from './matrices.ts'

/** An operand of a product: entry (i, j) is data[at + i * row + j * column]. */
interface Operand {
  data: Floats
  at?: number
  row: number
  column: number
}

interface Sizes {
  m: number
  n: number
  k: number
  alpha: number
  /** Write only where column <= row. */
  lower?: boolean
}

/** C += alpha A B, each product rounded. One row of sums at a time lies in work. */
function product(
  { m, n, k, alpha, lower = false }: Sizes,
  A: Operand,
  B: Operand,
  C: { data: Floats; at?: number; row: number },
  work: Floats,
  round: (x: number) => number = asIs,
): void {
  const [atA, atB, atC] = [A.at ?? 0, B.at ?? 0, C.at ?? 0]
  for (let first = 0; first < n; first += 512) {
    for (let start = 0; start < k; start += 256) {
      for (let i = 0; i < m; i++) {
        const width = Math.min(n, first + 512, lower ? i + 1 : n) - first
        if (width <= 0) continue
        work.fill(0, 0, width)
        for (let l = start; l < Math.min(k, start + 256); l++) {
          const a = round(alpha * A.data[atA + i * A.row + l * A.column])
          const b = atB + l * B.row + first * B.column
          for (let j = 0; j < width; j++) work[j] += round(a * B.data[b + j * B.column])
        }
        const c = atC + i * C.row + first
        for (let j = 0; j < width; j++) C.data[c + j] += work[j]
      }
    }
  }
}

const asIs = (x: number) => x

// biome-ignore format: A, B and C, one a line
export function gemm(
  m: number, n: number, k: number, alpha: number,
  A: Float64Array, rowA: number, columnA: number,
  B: Float64Array, rowB: number, columnB: number,
  C: Float64Array, ldc: number, work: Float64Array,
): void {
  const [left, right] = [{ data: A, row: rowA, column: columnA }, { data: B, row: rowB, column: columnB }]
  product({ m, n, k, alpha }, left, right, { data: C, row: ldc }, work)
}

// biome-ignore format: A, B and C, one a line
export function gemm32(
  m: number, n: number, k: number, alpha: number,
  A: Float32Array, rowA: number, columnA: number,
  B: Float32Array, rowB: number, columnB: number,
  C: Float32Array, ldc: number, work: Float32Array,
): void {
  const [left, right] = [{ data: A, row: rowA, column: columnA }, { data: B, row: rowB, column: columnB }]
  product({ m, n, k, alpha: Math.fround(alpha) }, left, right, { data: C, row: ldc }, work, Math.fround)
}

// biome-ignore format: A and C, one a line
export function syrk(
  n: number, k: number, alpha: number,
  A: Float64Array, rowA: number, columnA: number,
  C: Float64Array, ldc: number, work: Float64Array,
): void {
  const [left, right] = [{ data: A, row: rowA, column: columnA }, { data: A, row: columnA, column: rowA }]
  product({ m: n, n, k, alpha, lower: true }, left, right, { data: C, row: ldc }, work)
}

const BLOCK = 64

export function potrf(n: number, A: Float64Array, lda: number, work: Float64Array): number {
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
    const rest = { m: n - next, n: n - next, k: next - j, alpha: -1, lower: true }
    const panel = { data: A, at: next * lda + j, row: lda, column: 1 }
    const transposed = { ...panel, row: 1, column: lda }
    product(rest, panel, transposed, { data: A, at: next * lda + next, row: lda }, work)
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

// biome-ignore format: L and B
export function trsm(
  n: number, columns: number, L: Float64Array, ldl: number, B: Float64Array, ldb: number, work: Float64Array,
): void {
  for (let j = 0; j < n; j += BLOCK) {
    const next = Math.min(n, j + BLOCK)
    for (let i = j; i < next; i++) {
      for (let s = 0; s < columns; s++) B[i * ldb + s] *= -1
      for (let c = j; c < i; c++) axpyAt(columns, L[i * ldl + c], B, c * ldb, B, i * ldb)
      for (let s = 0; s < columns; s++) B[i * ldb + s] /= -L[i * ldl + i]
    }
    const below = { data: L, at: next * ldl + j, row: ldl, column: 1 }
    const solved = { data: B, at: j * ldb, row: ldb, column: 1 }
    product(
      { m: n - next, n: columns, k: next - j, alpha: -1 },
      below,
      solved,
      { data: B, at: next * ldb, row: ldb },
      work,
    )
  }
}

// biome-ignore format: L and B
export function trsmT(
  n: number, columns: number, L: Float64Array, ldl: number, B: Float64Array, ldb: number, work: Float64Array,
): void {
  for (let j = (n - 1) & -BLOCK; j >= 0; j -= BLOCK) {
    const next = Math.min(n, j + BLOCK)
    for (let i = next - 1; i >= j; i--) {
      for (let s = 0; s < columns; s++) B[i * ldb + s] /= L[i * ldl + i]
      for (let c = j; c < i; c++) axpyAt(columns, -L[i * ldl + c], B, i * ldb, B, c * ldb)
    }
    const left = { data: L, at: j * ldl, row: 1, column: ldl }
    const solved = { data: B, at: j * ldb, row: ldb, column: 1 }
    product({ m: j, n: columns, k: next - j, alpha: -1 }, left, solved, { data: B, row: ldb }, work)
  }
}
