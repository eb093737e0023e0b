import { gemv, gemvT } from '../../../core/assembly/matrices'

export { axpy, dot } from '../../../core/assembly/vectors'

/** Turns the values of `rows` measurements into residuals and writes their weights: the signs, or the residuals. */
// @ts-ignore: decorator
@inline
function weigh(rows: i32, y: usize, squared: i32, residuals: usize, weights: usize): void {
  for (let p: usize = 0; p < <usize>rows << 3; p += 8) {
    const r = load<f64>(residuals + p) - load<f64>(y + p)
    store<f64>(residuals + p, r)
    store<f64>(weights + p, squared ? r : r > 0 ? 1 : r < 0 ? -1 : 0)
  }
}

/** Four rows at a time: their residuals, and their part of the direction while they are in cache. */
export function passDense(
  m: i32, n: i32, A: usize, lda: i32, X: usize, y: usize, squared: i32, residuals: usize, direction: usize,
  weights: usize,
): void {
  for (let i = 0; i < m; i += 4) {
    const rows = min(4, m - i)
    gemv(rows, n, A, lda, X, residuals)
    weigh(rows, y, squared, residuals, weights)
    gemvT(rows, n, A, lda, weights, direction)
    A += (<usize>lda << 3) << 2
    y += 32
    residuals += 32
  }
}

/** Writes the packed rows of v v': v_i^2 and 2 v_i v_j. */
function expand(rows: i32, d: i32, V: usize, out: usize): void {
  for (let k = 0; k < rows; k++) {
    for (let i = 0; i < d; i++) {
      const p = V + (<usize>i << 3)
      const v = load<f64>(p), twice = 2 * v, w = f64x2.splat(twice)
      store<f64>(out, v * v)
      out += 8
      let j = i + 1, q = p + 8
      for (; j + 2 <= d; j += 2) {
        v128.store(out, f64x2.mul(w, v128.load(q)))
        q += 16
        out += 16
      }
      if (j < d) {
        store<f64>(out, twice * load<f64>(q))
        out += 8
      }
    }
    V += <usize>d << 3
  }
}

/** The rows v v' are expanded four at a time. */
export function passRankOne(
  m: i32, d: i32, V: usize, X: usize, y: usize, squared: i32, residuals: usize, direction: usize, weights: usize,
  rows: usize,
): void {
  const n = (d * (d + 1)) >> 1
  for (let i = 0; i < m; i += 4) {
    const count = min(4, m - i)
    expand(count, d, V, rows)
    passDense(count, n, rows, n, X, y, squared, residuals, direction, weights)
    V += (<usize>d << 3) << 2
    y += 32
    residuals += 32
  }
}

export function passSparse(
  m: i32, starts: usize, columns: usize, values: usize, X: usize, y: usize, squared: i32, residuals: usize,
  direction: usize, weights: usize,
): void {
  let from = load<i32>(starts)
  for (let i = 0; i < m; i++) {
    const to = load<i32>(starts + (<usize>i << 2), 4)
    let s: f64 = 0
    for (let k = from; k < to; k++)
      s += load<f64>(values + (<usize>k << 3)) * load<f64>(X + (<usize>load<i32>(columns + (<usize>k << 2)) << 3))
    store<f64>(residuals, s)
    weigh(1, y, squared, residuals, weights)
    const weight = load<f64>(weights)
    for (let k = from; k < to; k++) {
      const q = direction + (<usize>load<i32>(columns + (<usize>k << 2)) << 3)
      store<f64>(q, load<f64>(q) + weight * load<f64>(values + (<usize>k << 3)))
    }
    from = to
    y += 8
    residuals += 8
  }
}

/** Row i of the packed product is U_i..d times U_i. */
export function gram(d: i32, r: i32, U: usize, X: usize): void {
  for (let i = 0; i < d; i++) {
    gemv(d - i, r, U, r, U, X)
    U += <usize>r << 3
    X += <usize>(d - i) << 3
  }
}

/** Row i of the product is the sum of S_ij U_j; S is read from its packed form into `row`. */
export function multiply(d: i32, r: i32, S: usize, U: usize, out: usize, row: usize): void {
  memory.fill(out, 0, <usize>(d * r) << 3)
  for (let i = 0; i < d; i++) {
    let p = S + (<usize>i << 3)
    for (let j = 0; j < i; j++) {
      store<f64>(row + (<usize>j << 3), 0.5 * load<f64>(p))
      p += <usize>(d - 1 - j) << 3
    }
    store<f64>(row + (<usize>i << 3), load<f64>(p))
    for (let j = i + 1; j < d; j++) {
      p += 8
      store<f64>(row + (<usize>j << 3), 0.5 * load<f64>(p))
    }
    gemvT(d, r, U, r, row, out)
    out += <usize>r << 3
  }
}
