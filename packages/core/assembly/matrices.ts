import { axpyOf, dot, dotOf } from './vectors'
import { laneSum, mulAdd } from './simd'

/** y = A x, two rows at a time; each y_i has the bits of dot(row i, x). */
function gemvOf<T>(m: i32, n: i32, A: usize, lda: i32, x: usize, y: usize): void {
  const row = <usize>lda * sizeof<T>()
  const step = 64 / sizeof<T>()
  let i = 0
  for (; i + 2 <= m; i += 2) {
    let p = A, q = A + row, v = x
    let a0 = v128.splat<T>(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0
    let j = 0
    for (; j + <i32>step <= n; j += <i32>step) {
      let c = v128.load(v)
      a0 = mulAdd<T>(v128.load(p), c, a0)
      b0 = mulAdd<T>(v128.load(q), c, b0)
      c = v128.load(v, 16)
      a1 = mulAdd<T>(v128.load(p, 16), c, a1)
      b1 = mulAdd<T>(v128.load(q, 16), c, b1)
      c = v128.load(v, 32)
      a2 = mulAdd<T>(v128.load(p, 32), c, a2)
      b2 = mulAdd<T>(v128.load(q, 32), c, b2)
      c = v128.load(v, 48)
      a3 = mulAdd<T>(v128.load(p, 48), c, a3)
      b3 = mulAdd<T>(v128.load(q, 48), c, b3)
      p += 64
      q += 64
      v += 64
    }
    let s = laneSum<T>(v128.add<T>(v128.add<T>(a0, a1), v128.add<T>(a2, a3)))
    let t = laneSum<T>(v128.add<T>(v128.add<T>(b0, b1), v128.add<T>(b2, b3)))
    for (; j < n; j++) {
      const c = load<T>(v)
      s += load<T>(p) * c
      t += load<T>(q) * c
      p += sizeof<T>()
      q += sizeof<T>()
      v += sizeof<T>()
    }
    store<T>(y, s)
    store<T>(y + sizeof<T>(), t)
    y += 2 * sizeof<T>()
    A += row << 1
  }
  if (i < m) store<T>(y, dotOf<T>(n, A, x))
}

/** y += A' x: rows are added to y in order, four in one pass over y. */
function gemvTOf<T>(m: i32, n: i32, A: usize, lda: i32, x: usize, y: usize): void {
  const row = <usize>lda * sizeof<T>()
  const step = 32 / sizeof<T>()
  let i = 0
  for (; i + 4 <= m; i += 4) {
    let p0 = A, p1 = A + row, p2 = p1 + row, p3 = p2 + row, q = y
    const s0 = load<T>(x), s1 = load<T>(x + sizeof<T>()), s2 = load<T>(x + 2 * sizeof<T>()), s3 = load<T>(x + 3 * sizeof<T>())
    const x0 = v128.splat<T>(s0), x1 = v128.splat<T>(s1), x2 = v128.splat<T>(s2), x3 = v128.splat<T>(s3)
    let j = 0
    for (; j + <i32>step <= n; j += <i32>step) {
      let u = v128.load(q), w = v128.load(q, 16)
      u = mulAdd<T>(v128.load(p0), x0, u)
      w = mulAdd<T>(v128.load(p0, 16), x0, w)
      u = mulAdd<T>(v128.load(p1), x1, u)
      w = mulAdd<T>(v128.load(p1, 16), x1, w)
      u = mulAdd<T>(v128.load(p2), x2, u)
      w = mulAdd<T>(v128.load(p2, 16), x2, w)
      u = mulAdd<T>(v128.load(p3), x3, u)
      w = mulAdd<T>(v128.load(p3, 16), x3, w)
      v128.store(q, u)
      v128.store(q, w, 16)
      q += 32
      p0 += 32
      p1 += 32
      p2 += 32
      p3 += 32
    }
    for (; j < n; j++) {
      store<T>(q, load<T>(q) + load<T>(p0) * s0 + load<T>(p1) * s1 + load<T>(p2) * s2 + load<T>(p3) * s3)
      q += sizeof<T>()
      p0 += sizeof<T>()
      p1 += sizeof<T>()
      p2 += sizeof<T>()
      p3 += sizeof<T>()
    }
    x += 4 * sizeof<T>()
    A += row << 2
  }
  for (; i < m; i++) {
    axpyOf<T>(n, load<T>(x), A, y)
    x += sizeof<T>()
    A += row
  }
}

export function gemv(m: i32, n: i32, A: usize, lda: i32, x: usize, y: usize): void {
  gemvOf<f64>(m, n, A, lda, x, y)
}
export function gemvT(m: i32, n: i32, A: usize, lda: i32, x: usize, y: usize): void {
  gemvTOf<f64>(m, n, A, lda, x, y)
}
export function gemvT32(m: i32, n: i32, A: usize, lda: i32, x: usize, y: usize): void {
  gemvTOf<f32>(m, n, A, lda, x, y)
}

/** y = A x for a CSR matrix: two running sums a row. */
export function spmv(m: i32, starts: usize, columns: usize, values: usize, x: usize, y: usize): void {
  let k = load<i32>(starts)
  for (let i = 0; i < m; i++) {
    const end = load<i32>(starts + (<usize>i << 2), 4)
    let s: f64 = 0, t: f64 = 0
    for (; k + 2 <= end; k += 2) {
      const q = columns + (<usize>k << 2), p = values + (<usize>k << 3)
      s += load<f64>(p) * load<f64>(x + (<usize>load<i32>(q) << 3))
      t += load<f64>(p, 8) * load<f64>(x + (<usize>load<i32>(q, 4) << 3))
    }
    if (k < end) {
      s += load<f64>(values + (<usize>k << 3)) * load<f64>(x + (<usize>load<i32>(columns + (<usize>k << 2)) << 3))
      k++
    }
    store<f64>(y + (<usize>i << 3), s + t)
  }
}
