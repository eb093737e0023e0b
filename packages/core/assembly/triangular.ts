import { axpy, dot } from './vectors'
import { gemv, gemvT } from './matrices'
import { gemm, syrk } from './products'

// Blocks of rows solved by dot products; what lies outside them is a matrix product.
const BLOCK: i32 = 64
// Rows of a panel solved together.
const TOGETHER: i32 = 16

/** Cholesky factor in the lower triangle, in place; 0, or 1 + the first row whose pivot is not positive. */
export function potrf(n: i32, A: usize, lda: i32, work: usize): i32 {
  const row = <usize>lda << 3
  for (let j = 0; j < n; j += BLOCK) {
    const size = min(BLOCK, n - j), rest = n - j - size
    const D = A + <usize>j * row + (<usize>j << 3)
    for (let i = 0; i < size; i++) {
      const r = D + <usize>i * row, at = r + (<usize>i << 3)
      trsv(i, D, lda, r)
      const pivot = load<f64>(at) - dot(i, r, r)
      if (!(pivot > 0 && pivot < Infinity)) return j + i + 1
      store<f64>(at, Math.sqrt(pivot))
    }
    const P = D + <usize>size * row
    for (let i = 0; i < rest; i += TOGETHER) panel(min(TOGETHER, rest - i), size, D, row, P + <usize>i * row, work)
    syrk(rest, size, -1, P, lda, 1, P + (<usize>size << 3), lda, work)
  }
  return 0
}

/** Each row p of P becomes the solution of L x = p. */
function panel(rows: i32, size: i32, L: usize, row: usize, P: usize, work: usize): void {
  for (let c = 0; c < size; c++) {
    const l = L + <usize>c * row
    gemv(rows, c, P, <i32>(row >> 3), l, work)
    const diagonal = load<f64>(l + (<usize>c << 3))
    for (let r = 0; r < rows; r++) {
      const p = P + <usize>r * row + (<usize>c << 3)
      store<f64>(p, (load<f64>(p) - load<f64>(work + (<usize>r << 3))) / diagonal)
    }
  }
}

/** x = L^-1 x */
export function trsv(n: i32, L: usize, ldl: i32, x: usize): void {
  for (let i = 0; i < n; i++) {
    const r = L + <usize>i * (<usize>ldl << 3), at = <usize>i << 3
    store<f64>(x + at, (load<f64>(x + at) - dot(i, r, x)) / load<f64>(r + at))
  }
}

/** x = L^-T x */
export function trsvT(n: i32, L: usize, ldl: i32, x: usize): void {
  for (let i = n - 1; i >= 0; i--) {
    const r = L + <usize>i * (<usize>ldl << 3), at = <usize>i << 3
    const value = load<f64>(x + at) / load<f64>(r + at)
    store<f64>(x + at, value)
    axpy(i, -value, r, x)
  }
}

/** B = L^-1 B */
export function trsm(n: i32, columns: i32, L: usize, ldl: i32, B: usize, ldb: i32, work: usize): void {
  const rowL = <usize>ldl << 3, rowB = <usize>ldb << 3
  for (let j = 0; j < n; j += BLOCK) {
    const size = min(BLOCK, n - j), next = j + size
    const block = B + <usize>j * rowB
    for (let i = 0; i < size; i++) {
      const b = block + <usize>i * rowB, l = L + <usize>(j + i) * rowL + (<usize>j << 3)
      scale(columns, -1, b)
      gemvT(i, columns, block, ldb, l, b)
      divide(columns, -load<f64>(l + (<usize>i << 3)), b)
    }
    gemm(n - next, columns, size, -1, L + <usize>next * rowL + (<usize>j << 3), ldl, 1, block, ldb, 1, B + <usize>next * rowB, ldb, work)
  }
}

/** B = L^-T B */
export function trsmT(n: i32, columns: i32, L: usize, ldl: i32, B: usize, ldb: i32, work: usize): void {
  const rowL = <usize>ldl << 3, rowB = <usize>ldb << 3
  for (let j = (n - 1) & ~(BLOCK - 1); j >= 0; j -= BLOCK) {
    const size = min(BLOCK, n - j)
    const block = B + <usize>j * rowB, rows = L + <usize>j * rowL
    for (let i = size - 1; i >= 0; i--) {
      const b = block + <usize>i * rowB, l = rows + <usize>i * rowL + (<usize>j << 3)
      divide(columns, load<f64>(l + (<usize>i << 3)), b)
      for (let c = 0; c < i; c++) axpy(columns, -load<f64>(l + (<usize>c << 3)), b, block + <usize>c * rowB)
    }
    gemm(j, columns, size, -1, rows, 1, ldl, block, ldb, 1, B, ldb, work)
  }
}

function scale(n: i32, by: f64, x: usize): void {
  for (let i = 0; i < n; i++) {
    store<f64>(x, load<f64>(x) * by)
    x += 8
  }
}
function divide(n: i32, by: f64, x: usize): void {
  for (let i = 0; i < n; i++) {
    store<f64>(x, load<f64>(x) / by)
    x += 8
  }
}
