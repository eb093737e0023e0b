import { bytes, laneSum, mulAdd } from '../../core/assembly/simd'

// Loops over blocks of examples that lie side by side: an array of k rows has one example per column, and n columns, a
// multiple of 8. Two examples share a vector, and none meets another but in the sums of `outer` and `rowSums`.

/** Two numbers, or one and 0. */
// @ts-ignore: decorator
@inline
function loadPair(both: bool, x: usize): v128 {
  return both ? v128.load(x) : v128.load64_zero(x)
}

// @ts-ignore: decorator
@inline
function storePair(both: bool, y: usize, value: v128): void {
  if (both) v128.store(y, value)
  else v128.store64_lane(y, value, 0)
}

// @ts-ignore: decorator
@inline
function finish(times: bool, y: usize, a: v128, b: v128, c: v128, d: v128): void {
  if (times) {
    a = f64x2.mul(v128.load(y), a)
    b = f64x2.mul(v128.load(y, 16), b)
    c = f64x2.mul(v128.load(y, 32), c)
    d = f64x2.mul(v128.load(y, 48), d)
  }
  v128.store(y, a)
  v128.store(y, b, 16)
  v128.store(y, c, 32)
  v128.store(y, d, 48)
}

/** Four vectors of two rows: first + w_0 X_0 + w_1 X_1 + ..., or what is there `times` that; likewise second and v. */
function pairOfRows(
  times: bool, k: i32, row: usize, w: usize, v: usize, step: usize, x: usize, first: f64, second: f64, y: usize,
): void {
  let a0 = f64x2.splat(first), a1 = a0, a2 = a0, a3 = a0, b0 = f64x2.splat(second), b1 = b0, b2 = b0, b3 = b0
  for (; k > 0; k--) {
    const a = v128.load64_splat(w), b = v128.load64_splat(v)
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48)
    a0 = mulAdd<f64>(a, x0, a0)
    b0 = mulAdd<f64>(b, x0, b0)
    a1 = mulAdd<f64>(a, x1, a1)
    b1 = mulAdd<f64>(b, x1, b1)
    a2 = mulAdd<f64>(a, x2, a2)
    b2 = mulAdd<f64>(b, x2, b2)
    a3 = mulAdd<f64>(a, x3, a3)
    b3 = mulAdd<f64>(b, x3, b3)
    w += step
    v += step
    x += row
  }
  finish(times, y, a0, a1, a2, a3)
  finish(times, y + row, b0, b1, b2, b3)
}

/** The last of an odd number of rows. */
function oneRow(times: bool, k: i32, row: usize, w: usize, step: usize, x: usize, first: f64, y: usize): void {
  let a0 = f64x2.splat(first), a1 = a0, a2 = a0, a3 = a0
  for (; k > 0; k--) {
    const a = v128.load64_splat(w)
    a0 = mulAdd<f64>(a, v128.load(x), a0)
    a1 = mulAdd<f64>(a, v128.load(x, 16), a1)
    a2 = mulAdd<f64>(a, v128.load(x, 32), a2)
    a3 = mulAdd<f64>(a, v128.load(x, 48), a3)
    w += step
    x += row
  }
  finish(times, y, a0, a1, a2, a3)
}

/** m rows of Y from k rows of X, the weights of a row of Y being `next` bytes from those of the one before. */
function rows(times: bool, n: i32, m: i32, k: i32, W: usize, next: usize, step: usize, b: usize, X: usize, Y: usize): void {
  const row = bytes<f64>(n)
  for (let at: usize = 0; at < row; at += 64) {
    let j = 0, w = W, y = Y + at
    for (; j + 2 <= m; j += 2) {
      const c = b + bytes<f64>(j), first = times ? 0 : load<f64>(c), second = times ? 0 : load<f64>(c, 8)
      pairOfRows(times, k, row, w, w + next, step, X + at, first, second, y)
      w += next << 1
      y += row << 1
    }
    if (j < m) oneRow(times, k, row, w, step, X + at, times ? 0 : load<f64>(b + bytes<f64>(j)), y)
  }
}

/** Writes Y = W'X + b: row j is b_j + w_0j X_0 + w_1j X_1 + ... for m rows Y and k rows X; W is k x m. */
export function affine(n: i32, m: i32, k: i32, W: usize, b: usize, X: usize, Y: usize): void {
  rows(false, n, m, k, W, 8, bytes<f64>(m), b, X, Y)
}

/** Y *= W D: row p times 0 + w_p0 D_0 + w_p1 D_1 + ... for k rows Y and m rows D; W is k x m. */
export function timesBackward(n: i32, m: i32, k: i32, W: usize, D: usize, Y: usize): void {
  rows(true, n, k, m, W, bytes<f64>(m), 8, 0, D, Y)
}

// @ts-ignore: decorator
@inline
function columnSquares(k: i32, row: usize, x: usize): v128 {
  let sum = f64x2.splat(0)
  for (; k > 0; k--, x += row) {
    const value = v128.load(x)
    sum = mulAdd<f64>(value, value, sum)
  }
  return sum
}

/** squares += |d|^2 (|x|^2 + one) for each example's k numbers x and m numbers d. */
export function addSquares(n: i32, k: i32, m: i32, X: usize, D: usize, one: f64, squares: usize): void {
  const row = bytes<f64>(n), ones = f64x2.splat(one)
  for (let at: usize = 0; at < row; at += 16) {
    const product = f64x2.mul(columnSquares(m, row, D + at), f64x2.add(columnSquares(k, row, X + at), ones))
    v128.store(squares + at, f64x2.add(v128.load(squares + at), product))
  }
}

/** |(d - c) x' + c (x - y)'|^2, entry by entry. */
function explicitSquares(k: i32, m: i32, row: usize, x: usize, y: usize, d: usize, c: usize): v128 {
  let sum = f64x2.splat(0)
  for (; k > 0; k--, x += row, y += row) {
    const a = v128.load(x), e = f64x2.sub(a, v128.load(y))
    for (let j = 0, at: usize = 0; j < m; j++, at += row) {
      const b = v128.load(c + at), u = f64x2.sub(v128.load(d + at), b)
      const entry = mulAdd<f64>(u, a, f64x2.mul(b, e))
      sum = mulAdd<f64>(entry, entry, sum)
    }
  }
  return sum
}

/**
 * squares += |d x' - c y'|^2 + one |d - c|^2, in closed form; where that has less than `limit` of its terms, entry by
 * entry and with `slack` of them more.
 */
export function addDifferenceSquares(
  n: i32, k: i32, m: i32, X: usize, Y: usize, D: usize, C: usize, one: f64, limit: f64, slack: f64, squares: usize,
): void {
  const row = bytes<f64>(n), zero = f64x2.splat(0)
  for (let at: usize = 0; at < row; at += 16) {
    let xx = zero, ee = zero, xe = zero, uu = zero, cc = zero, uc = zero
    let p = X + at, q = Y + at
    for (let i = 0; i < k; i++, p += row, q += row) {
      const x = v128.load(p), e = f64x2.sub(x, v128.load(q))
      xx = mulAdd<f64>(x, x, xx)
      ee = mulAdd<f64>(e, e, ee)
      xe = mulAdd<f64>(x, e, xe)
    }
    p = D + at
    q = C + at
    for (let j = 0; j < m; j++, p += row, q += row) {
      const c = v128.load(q), u = f64x2.sub(v128.load(p), c)
      uu = mulAdd<f64>(u, u, uu)
      cc = mulAdd<f64>(c, c, cc)
      uc = mulAdd<f64>(u, c, uc)
    }
    const terms = mulAdd<f64>(uu, xx, f64x2.mul(cc, ee))
    let sum = f64x2.add(terms, f64x2.mul(f64x2.mul(f64x2.splat(2), uc), xe))
    const exact = v128.or(f64x2.eq(terms, zero), f64x2.gt(sum, f64x2.mul(f64x2.splat(limit), terms)))
    if (!i64x2.all_true(exact)) {
      const safe = mulAdd<f64>(f64x2.splat(slack), terms, explicitSquares(k, m, row, X + at, Y + at, D + at, C + at))
      sum = v128.bitselect(sum, safe, exact)
    }
    sum = mulAdd<f64>(f64x2.splat(one), uu, sum)
    v128.store(squares + at, f64x2.add(v128.load(squares + at), sum))
  }
}

/**
 * Writes counts min(1, clip / sqrt(squares)), and NaN where a square is not finite. Returns how many of the squares are
 * not.
 */
export function clipWeights(n: i32, squares: usize, counts: usize, clip: f64, weights: usize): i32 {
  const most = f64x2.splat(clip * clip), clips = f64x2.splat(clip), infinity = f64x2.splat(Infinity)
  let broken = 0
  for (; n > 0; n -= 2, squares += 16, counts += 16, weights += 16) {
    const both = n > 1, square = loadPair(both, squares), count = loadPair(both, counts)
    const cut = f64x2.div(f64x2.mul(count, clips), f64x2.sqrt(square))
    const unknown = v128.not(f64x2.lt(square, infinity)), lanes = i64x2.bitmask(unknown)
    storePair(both, weights, v128.or(v128.bitselect(count, cut, f64x2.le(square, most)), unknown))
    broken += lanes - (lanes >> 1)
  }
  return broken
}

/** Writes w (a - b), or w a without b (0), for k rows; 0 where the weight w is NaN. */
function weighOf(n: i32, k: i32, A: usize, B: usize, w: usize, out: usize): void {
  const row = bytes<f64>(n)
  for (; k > 0; k--) {
    for (let at: usize = 0; at < row; at += 16) {
      const weight = v128.load(w + at)
      let value = v128.load(A + at)
      if (B) value = f64x2.sub(value, v128.load(B + at))
      v128.store(out + at, v128.and(f64x2.mul(weight, value), f64x2.eq(weight, weight)))
    }
    A += row
    if (B) B += row
    out += row
  }
}
export function weigh(n: i32, k: i32, A: usize, w: usize, out: usize): void {
  weighOf(n, k, A, 0, w, out)
}
export function weighDifference(n: i32, k: i32, A: usize, B: usize, w: usize, out: usize): void {
  weighOf(n, k, A, B, w, out)
}

// @ts-ignore: decorator
@inline
function addTo(sum: usize, lanes: v128): void {
  store<f64>(sum, load<f64>(sum) + laneSum<f64>(lanes))
}

/** Four rows of X times two of D. */
function outerTile(row: usize, x: usize, d: usize, G: usize, width: usize): void {
  let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0
  const end = x + row, second = row << 1, third = second + row
  for (; x < end; x += 16, d += 16) {
    const u = v128.load(d), v = v128.load(d + row)
    let value = v128.load(x)
    a0 = mulAdd<f64>(value, u, a0)
    a1 = mulAdd<f64>(value, v, a1)
    value = v128.load(x + row)
    b0 = mulAdd<f64>(value, u, b0)
    b1 = mulAdd<f64>(value, v, b1)
    value = v128.load(x + second)
    c0 = mulAdd<f64>(value, u, c0)
    c1 = mulAdd<f64>(value, v, c1)
    value = v128.load(x + third)
    e0 = mulAdd<f64>(value, u, e0)
    e1 = mulAdd<f64>(value, v, e1)
  }
  addTo(G, a0)
  addTo(G + 8, a1)
  addTo(G += width, b0)
  addTo(G + 8, b1)
  addTo(G += width, c0)
  addTo(G + 8, c1)
  addTo(G += width, e0)
  addTo(G + 8, e1)
}

function outerOne(row: usize, x: usize, d: usize, G: usize): void {
  let a = f64x2.splat(0)
  const end = x + row
  for (; x < end; x += 16, d += 16) a = mulAdd<f64>(v128.load(x), v128.load(d), a)
  addTo(G, a)
}

/** G += X D': k rows X, m rows D; each entry the sum over even examples plus that over odd ones. */
export function outer(n: i32, k: i32, m: i32, X: usize, D: usize, G: usize): void {
  const row = bytes<f64>(n), width = bytes<f64>(m)
  let p = 0
  for (; p + 4 <= k; p += 4) {
    let j = 0, d = D
    for (; j + 2 <= m; j += 2, d += row << 1) outerTile(row, X, d, G + bytes<f64>(j), width)
    if (j < m) for (let i: usize = 0; i < 4; i++) outerOne(row, X + i * row, d, G + i * width + bytes<f64>(j))
    X += row << 2
    G += width << 2
  }
  for (; p < k; p++, X += row, G += width)
    for (let j = 0; j < m; j++) outerOne(row, X, D + <usize>j * row, G + bytes<f64>(j))
}

/** sums += the sums of k rows: of even examples plus that of odd ones. */
export function rowSums(n: i32, k: i32, D: usize, sums: usize): void {
  for (; k > 0; k--, sums += 8) {
    let sum = f64x2.splat(0)
    for (const end = D + bytes<f64>(n); D < end; D += 16) sum = f64x2.add(sum, v128.load(D))
    addTo(sums, sum)
  }
}
