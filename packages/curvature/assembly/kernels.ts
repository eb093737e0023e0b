import { mulAdd } from '../../core/assembly/simd'

/** Four sums over i mod 4, (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
function sum4(a: v128, b: v128): f64 {
  const s = f64x2.add(a, b)
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1)
}

export function rank2Product(
  m: i32, at: i32, A: usize, lda: i32, from: i32, v: usize, w: usize, u: usize, q: usize,
): void {
  A += <usize>at << 3
  v += <usize>from << 3
  w += <usize>from << 3
  u += <usize>from << 3
  q += <usize>from << 3
  for (let i = 0; i < m; i++) {
    const vi = load<f64>(v + (<usize>i << 3)), wi = load<f64>(w + (<usize>i << 3))
    const vv = f64x2.splat(vi), ww = f64x2.splat(wi)
    let s = f64x2.splat(0), t = s
    let j: usize = 0
    const whole = <usize>(m & ~3) << 3, end = <usize>m << 3
    for (; j < whole; j += 32) {
      const a = f64x2.sub(v128.load(A + j), mulAdd<f64>(vv, v128.load(w + j), f64x2.mul(ww, v128.load(v + j))))
      const b = f64x2.sub(
        v128.load(A + j, 16), mulAdd<f64>(vv, v128.load(w + j, 16), f64x2.mul(ww, v128.load(v + j, 16))),
      )
      v128.store(A + j, a)
      v128.store(A + j, b, 16)
      s = mulAdd<f64>(a, v128.load(u + j), s)
      t = mulAdd<f64>(b, v128.load(u + j, 16), t)
    }
    let sum = sum4(s, t)
    for (; j < end; j += 8) {
      const a = load<f64>(A + j) - (vi * load<f64>(w + j) + wi * load<f64>(v + j))
      store<f64>(A + j, a)
      sum += a * load<f64>(u + j)
    }
    store<f64>(q + (<usize>i << 3), sum)
    A += <usize>lda << 3
  }
}

export function reflectRows(m: i32, at: i32, P: usize, ldp: i32, tau: f64, from: i32, u: usize): void {
  P += <usize>at << 3
  u += <usize>from << 3
  const whole = <usize>(m & ~3) << 3, end = <usize>m << 3
  for (let i = 0; i < m; i++) {
    let s = f64x2.splat(0), t = s
    let j: usize = 0
    for (; j < whole; j += 32) {
      s = mulAdd<f64>(v128.load(P + j), v128.load(u + j), s)
      t = mulAdd<f64>(v128.load(P + j, 16), v128.load(u + j, 16), t)
    }
    let sum = sum4(s, t)
    for (; j < end; j += 8) sum += load<f64>(P + j) * load<f64>(u + j)
    const factor = -tau * sum
    const ff = f64x2.splat(factor)
    for (j = 0; j < whole; j += 32) {
      v128.store(P + j, mulAdd<f64>(ff, v128.load(u + j), v128.load(P + j)))
      v128.store(P + j, mulAdd<f64>(ff, v128.load(u + j, 16), v128.load(P + j, 16)), 16)
    }
    for (; j < end; j += 8) store<f64>(P + j, factor * load<f64>(u + j) + load<f64>(P + j))
    P += <usize>ldp << 3
  }
}

/** The row that two neighbouring rotations share stays in registers; 16 columns at a time. */
export function rotateRows(n: i32, count: i32, at: i32, Z: usize, step: i32, c: usize, s: usize): void {
  const stride = (<isize>step) << 3
  const first = <isize>Z + (<isize>at << 3)
  const last = first + <isize>count * stride
  let j = 0
  for (; j + 16 <= n; j += 16) {
    let row = <usize>(last + (<isize>j << 3))
    let h0 = v128.load(row), h1 = v128.load(row, 16), h2 = v128.load(row, 32), h3 = v128.load(row, 48)
    let h4 = v128.load(row, 64), h5 = v128.load(row, 80), h6 = v128.load(row, 96), h7 = v128.load(row, 112)
    for (let k = count - 1; k >= 0; k--) {
      const cc = v128.load64_splat(c + (<usize>k << 3)), ss = v128.load64_splat(s + (<usize>k << 3))
      const next = <usize>(<isize>row - stride)
      let z = v128.load(next)
      v128.store(row, mulAdd<f64>(ss, z, f64x2.mul(cc, h0)))
      h0 = f64x2.sub(f64x2.mul(cc, z), f64x2.mul(ss, h0))
      z = v128.load(next, 16)
      v128.store(row, mulAdd<f64>(ss, z, f64x2.mul(cc, h1)), 16)
      h1 = f64x2.sub(f64x2.mul(cc, z), f64x2.mul(ss, h1))
      z = v128.load(next, 32)
      v128.store(row, mulAdd<f64>(ss, z, f64x2.mul(cc, h2)), 32)
      h2 = f64x2.sub(f64x2.mul(cc, z), f64x2.mul(ss, h2))
      z = v128.load(next, 48)
      v128.store(row, mulAdd<f64>(ss, z, f64x2.mul(cc, h3)), 48)
      h3 = f64x2.sub(f64x2.mul(cc, z), f64x2.mul(ss, h3))
      z = v128.load(next, 64)
      v128.store(row, mulAdd<f64>(ss, z, f64x2.mul(cc, h4)), 64)
      h4 = f64x2.sub(f64x2.mul(cc, z), f64x2.mul(ss, h4))
      z = v128.load(next, 80)
      v128.store(row, mulAdd<f64>(ss, z, f64x2.mul(cc, h5)), 80)
      h5 = f64x2.sub(f64x2.mul(cc, z), f64x2.mul(ss, h5))
      z = v128.load(next, 96)
      v128.store(row, mulAdd<f64>(ss, z, f64x2.mul(cc, h6)), 96)
      h6 = f64x2.sub(f64x2.mul(cc, z), f64x2.mul(ss, h6))
      z = v128.load(next, 112)
      v128.store(row, mulAdd<f64>(ss, z, f64x2.mul(cc, h7)), 112)
      h7 = f64x2.sub(f64x2.mul(cc, z), f64x2.mul(ss, h7))
      row = next
    }
    v128.store(row, h0)
    v128.store(row, h1, 16)
    v128.store(row, h2, 32)
    v128.store(row, h3, 48)
    v128.store(row, h4, 64)
    v128.store(row, h5, 80)
    v128.store(row, h6, 96)
    v128.store(row, h7, 112)
  }
  for (; j < n; j++) {
    let row = <usize>(last + (<isize>j << 3))
    let h = load<f64>(row)
    for (let k = count - 1; k >= 0; k--) {
      const ck = load<f64>(c + (<usize>k << 3)), sk = load<f64>(s + (<usize>k << 3))
      const next = <usize>(<isize>row - stride)
      const z = load<f64>(next)
      store<f64>(row, sk * z + ck * h)
      h = ck * z - sk * h
      row = next
    }
    store<f64>(row, h)
  }
}
