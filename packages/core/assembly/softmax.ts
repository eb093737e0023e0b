import { axpyOf } from './vectors'
import { vexp } from './exp'
import { log } from './log'

/** max of g_j - C_j; NaN is passed over. */
export function rowMaximum(n: i32, C: usize, g: usize): f64 {
  let m = f64x2.splat(-Infinity), m1 = m
  let j = 0
  for (; j + 4 <= n; j += 4) {
    m = f64x2.pmax(m, f64x2.sub(v128.load(g), v128.load(C)))
    m1 = f64x2.pmax(m1, f64x2.sub(v128.load(g, 16), v128.load(C, 16)))
    g += 32
    C += 32
  }
  m = f64x2.pmax(m, m1)
  let most = max(f64x2.extract_lane(m, 0), f64x2.extract_lane(m, 1))
  for (; j < n; j++) {
    const value = load<f64>(g) - load<f64>(C)
    if (value > most) most = value
    g += 8
    C += 8
  }
  return most
}

/** t_j = k (g_j - C_j - shift) */
export function exponents(n: i32, C: usize, g: usize, shift: f64, k: f64, t: usize): void {
  const vs = f64x2.splat(shift), vk = f64x2.splat(k)
  let j = 0
  for (; j + 4 <= n; j += 4) {
    v128.store(t, f64x2.mul(vk, f64x2.sub(f64x2.sub(v128.load(g), v128.load(C)), vs)))
    v128.store(t, f64x2.mul(vk, f64x2.sub(f64x2.sub(v128.load(g, 16), v128.load(C, 16)), vs)), 16)
    g += 32
    C += 32
    t += 32
  }
  for (; j < n; j++) {
    store<f64>(t, k * (load<f64>(g) - load<f64>(C) - shift))
    g += 8
    C += 8
    t += 8
  }
}

export function rowLse(m: i32, n: i32, C: usize, ldc: i32, g: usize, epsilon: f64, out: usize, t: usize): void {
  const row = <usize>ldc << 3, k = 1 / epsilon
  for (let i = 0; i < m; i++) {
    const most = rowMaximum(n, C, g)
    const shift = isFinite(most) ? most : 0
    exponents(n, C, g, shift, k, t)
    store<f64>(out, log(vexp(n, t, t)) + k * shift)
    out += 8
    C += row
  }
}

/** Two reads of C: the column maxima first, then the sums. */
export function colLse(m: i32, n: i32, C: usize, ldc: i32, f: usize, epsilon: f64, out: usize, t: usize): void {
  const row = <usize>ldc << 3, k = 1 / epsilon, maxima = t + (<usize>n << 3), end = <usize>n << 3
  const vk = f64x2.splat(k), pairs = <usize>(n & ~1) << 3
  for (let j: usize = 0; j < end; j += 8) store<f64>(maxima + j, -Infinity)
  for (let i = 0, p = C; i < m; i++, p += row) {
    const fi = v128.load64_splat(f + (<usize>i << 3))
    let j: usize = 0
    for (; j < pairs; j += 16) v128.store(maxima + j, f64x2.pmax(v128.load(maxima + j), f64x2.sub(fi, v128.load(p + j))))
    if (j < end) {
      const value = f64x2.extract_lane(fi, 0) - load<f64>(p + j)
      if (value > load<f64>(maxima + j)) store<f64>(maxima + j, value)
    }
  }
  for (let j: usize = 0; j < end; j += 8) {
    const most = load<f64>(maxima + j)
    store<f64>(maxima + j, isFinite(most) ? most : 0)
  }
  memory.fill(out, 0, end)
  for (let i = 0, p = C; i < m; i++, p += row) {
    const fi = v128.load64_splat(f + (<usize>i << 3))
    let j: usize = 0
    for (; j < pairs; j += 16) v128.store(t + j, f64x2.mul(vk, f64x2.sub(f64x2.sub(fi, v128.load(p + j)), v128.load(maxima + j))))
    if (j < end) store<f64>(t + j, k * (f64x2.extract_lane(fi, 0) - load<f64>(p + j) - load<f64>(maxima + j)))
    vexp(n, t, t)
    axpyOf<f64>(n, 1, t, out)
  }
  for (let j: usize = 0; j < end; j += 8) store<f64>(out + j, log(load<f64>(out + j)) + k * load<f64>(maxima + j))
}

export function softmaxRows(m: i32, n: i32, X: usize, ldx: i32, Y: usize, ldy: i32): void {
  const end = <usize>n << 3, pairs = <usize>(n & ~1) << 3
  for (let i = 0; i < m; i++) {
    let v = f64x2.splat(-Infinity)
    let j: usize = 0
    for (; j < pairs; j += 16) v = f64x2.pmax(v, v128.load(X + j))
    let most = max(f64x2.extract_lane(v, 0), f64x2.extract_lane(v, 1))
    if (j < end && load<f64>(X + j) > most) most = load<f64>(X + j)
    v = f64x2.splat(most)
    for (j = 0; j < pairs; j += 16) v128.store(Y + j, f64x2.sub(v128.load(X + j), v))
    if (j < end) store<f64>(Y + j, load<f64>(X + j) - most)
    const inverse = 1 / vexp(n, Y, Y)
    v = f64x2.splat(inverse)
    for (j = 0; j < pairs; j += 16) v128.store(Y + j, f64x2.mul(v128.load(Y + j), v))
    if (j < end) store<f64>(Y + j, load<f64>(Y + j) * inverse)
    X += <usize>ldx << 3
    Y += <usize>ldy << 3
  }
}
