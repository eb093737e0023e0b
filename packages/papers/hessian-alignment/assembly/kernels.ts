import { laneSum, mulAdd } from '../../../core/assembly/simd'

/**
 * a_i = z_i.x and b_i = (z_i^2).y for n rows z_i of d numbers: sums over j mod 4, added as (0 + 2) + (1 + 3), then the last
 * d mod 4 entries.
 */
export function twoProducts(n: i32, d: i32, Z: usize, x: usize, y: usize, a: usize, b: usize): void {
  const zero = f64x2.splat(0)
  const end = <usize>(d & ~3) << 3, size = <usize>d << 3
  for (let i = 0; i < n; i++) {
    let s0 = zero, s1 = zero, t0 = zero, t1 = zero
    let j: usize = 0
    for (; j < end; j += 32) {
      const z0 = v128.load(Z + j), z1 = v128.load(Z + j, 16)
      s0 = mulAdd<f64>(z0, v128.load(x + j), s0)
      s1 = mulAdd<f64>(z1, v128.load(x + j, 16), s1)
      t0 = mulAdd<f64>(f64x2.mul(z0, z0), v128.load(y + j), t0)
      t1 = mulAdd<f64>(f64x2.mul(z1, z1), v128.load(y + j, 16), t1)
    }
    let s = laneSum<f64>(f64x2.add(s0, s1)), t = laneSum<f64>(f64x2.add(t0, t1))
    for (; j < size; j += 8) {
      const z = load<f64>(Z + j)
      s += z * load<f64>(x + j)
      t += z * z * load<f64>(y + j)
    }
    store<f64>(a, s)
    store<f64>(b, t)
    a += 8
    b += 8
    Z += size
  }
}

/** u_j += z_ij x_i and v_j += z_ij^2 y_i for n rows z_i of d numbers, which are added in order. */
export function twoSums(n: i32, d: i32, Z: usize, x: usize, y: usize, u: usize, v: usize): void {
  const end = <usize>(d & ~1) << 3, size = <usize>d << 3
  let i = 0
  for (; i + 2 <= n; i += 2) {
    const x0 = v128.load64_splat(x), x1 = v128.load64_splat(x, 8)
    const y0 = v128.load64_splat(y), y1 = v128.load64_splat(y, 8)
    for (let j: usize = 0; j < end; j += 16) {
      const z0 = v128.load(Z + j), z1 = v128.load(Z + size + j)
      v128.store(u + j, mulAdd<f64>(z1, x1, mulAdd<f64>(z0, x0, v128.load(u + j))))
      v128.store(v + j, mulAdd<f64>(f64x2.mul(z1, z1), y1, mulAdd<f64>(f64x2.mul(z0, z0), y0, v128.load(v + j))))
    }
    if (end < size) {
      addTo(Z + end, x, y, u + end, v + end)
      addTo(Z + size + end, x + 8, y + 8, u + end, v + end)
    }
    Z += 2 * size
    x += 16
    y += 16
  }
  if (i < n) for (let j: usize = 0; j < size; j += 8) addTo(Z + j, x, y, u + j, v + j)
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, x: usize, y: usize, u: usize, v: usize): void {
  const z = load<f64>(at)
  store<f64>(u, load<f64>(u) + z * load<f64>(x))
  store<f64>(v, load<f64>(v) + z * z * load<f64>(y))
}

/**
 * D_ij = f_i m_j + g_i l_j + (z_ij h_i) k_j for the first d of the `rows` columns of Z, and s_j += z_ij g_i for all of
 * them, in the order of i.
 */
export function featureGradient(
  n: i32, d: i32, rows: i32, Z: usize,
  f: usize, m: usize, g: usize, l: usize, h: usize, k: usize,
  D: usize, s: usize,
): void {
  const end = <usize>(d & ~1) << 3, size = <usize>d << 3, all = <usize>rows << 3
  for (let i = 0; i < n; i++) {
    const fi = load<f64>(f), gi = load<f64>(g), hi = load<f64>(h)
    const f2 = f64x2.splat(fi), g2 = f64x2.splat(gi), h2 = f64x2.splat(hi)
    let j: usize = 0
    for (; j < end; j += 16) {
      const z = v128.load(Z + j)
      const outer = mulAdd<f64>(g2, v128.load(l + j), f64x2.mul(f2, v128.load(m + j)))
      v128.store(D + j, mulAdd<f64>(f64x2.mul(z, h2), v128.load(k + j), outer))
      v128.store(s + j, mulAdd<f64>(z, g2, v128.load(s + j)))
    }
    for (; j < all; j += 8) {
      const z = load<f64>(Z + j)
      if (j < size)
        store<f64>(D + j, fi * load<f64>(m + j) + gi * load<f64>(l + j) + z * hi * load<f64>(k + j))
      store<f64>(s + j, load<f64>(s + j) + z * gi)
    }
    D += size
    Z += all
    f += 8
    g += 8
    h += 8
  }
}
