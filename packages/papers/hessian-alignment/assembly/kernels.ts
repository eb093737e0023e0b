export { outer } from './outer'
import { laneSum, mulAdd } from '../../../core/assembly/simd'

// Rows of Z have D numbers, a multiple of 8; tiles have eight running sums in registers.

/** out_ik = z_i.v_k for n rows z_i and K rows v_k: sums over j mod 2, which are added. */
export function products(n: i32, D: i32, K: i32, Z: usize, V: usize, out: usize): void {
  productsOf(n, D, K, Z, V, out, false)
}

/** out_ik = (z_i^2).v_k in the same order. */
export function squareProducts(n: i32, D: i32, K: i32, Z: usize, V: usize, out: usize): void {
  productsOf(n, D, K, Z, V, out, true)
}

/** U_kj += z_ij x_ik for n rows of Z and of X, which are added in order. */
export function sums(n: i32, D: i32, K: i32, Z: usize, X: usize, U: usize): void {
  sumsOf(n, D, K, Z, X, U, false)
}

/** U_kj += z_ij^2 x_ik in the same order. */
export function squareSums(n: i32, D: i32, K: i32, Z: usize, X: usize, U: usize): void {
  sumsOf(n, D, K, Z, X, U, true)
}

// @ts-ignore: decorator
@inline
function entries(p: usize, squared: bool): v128 {
  const z = v128.load(p)
  return squared ? f64x2.mul(z, z) : z
}

// @ts-ignore: decorator
@inline
function productsOf(n: i32, D: i32, K: i32, Z: usize, V: usize, out: usize, squared: bool): void {
  const size = <usize>D << 3, width = <usize>K << 3
  let i = 0
  for (; i + 4 <= n; i += 4) {
    let k = 0, v = V, o = out
    for (; k + 2 <= K; k += 2) {
      let a0 = f64x2.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0
      let p = Z, q = p + size, r = q + size, s = r + size, u = v + size
      for (const end = u; v < end; v += 16) {
        const x = v128.load(v), y = v128.load(u)
        let z = entries(p, squared)
        a0 = mulAdd<f64>(z, x, a0)
        b0 = mulAdd<f64>(z, y, b0)
        z = entries(q, squared)
        a1 = mulAdd<f64>(z, x, a1)
        b1 = mulAdd<f64>(z, y, b1)
        z = entries(r, squared)
        a2 = mulAdd<f64>(z, x, a2)
        b2 = mulAdd<f64>(z, y, b2)
        z = entries(s, squared)
        a3 = mulAdd<f64>(z, x, a3)
        b3 = mulAdd<f64>(z, y, b3)
        p += 16
        q += 16
        r += 16
        s += 16
        u += 16
      }
      v = u
      storeSums(o, a0, b0)
      storeSums(o + width, a1, b1)
      storeSums(o + 2 * width, a2, b2)
      storeSums(o + 3 * width, a3, b3)
      o += 16
    }
    if (k < K) {
      let a0 = f64x2.splat(0), a1 = a0, a2 = a0, a3 = a0, p = Z
      for (const end = v + size; v < end; v += 16) {
        const x = v128.load(v)
        a0 = mulAdd<f64>(entries(p, squared), x, a0)
        a1 = mulAdd<f64>(entries(p + size, squared), x, a1)
        a2 = mulAdd<f64>(entries(p + 2 * size, squared), x, a2)
        a3 = mulAdd<f64>(entries(p + 3 * size, squared), x, a3)
        p += 16
      }
      store<f64>(o, laneSum<f64>(a0))
      store<f64>(o + width, laneSum<f64>(a1))
      store<f64>(o + 2 * width, laneSum<f64>(a2))
      store<f64>(o + 3 * width, laneSum<f64>(a3))
    }
    Z += size << 2
    out += width << 2
  }
  for (; i < n; i++, Z += size) {
    let v = V
    for (const end = out + width; out < end; out += 8) {
      let a = f64x2.splat(0)
      for (let j: usize = 0; j < size; j += 16) a = mulAdd<f64>(entries(Z + j, squared), v128.load(v + j), a)
      store<f64>(out, laneSum<f64>(a))
      v += size
    }
  }
}

/** Stores the lanes' sums of a and of b. */
// @ts-ignore: decorator
@inline
function storeSums(o: usize, a: v128, b: v128): void {
  v128.store(o, f64x2.add(v128.shuffle<u64>(a, b, 0, 2), v128.shuffle<u64>(a, b, 1, 3)))
}

// So many rows of Z stay in the cache while all sums over them are made.
const ROWS = 64

// @ts-ignore: decorator
@inline
function sumsOf(n: i32, D: i32, K: i32, Z: usize, X: usize, U: usize, squared: bool): void {
  const size = <usize>D << 3, width = <usize>K << 3
  for (let i = 0; i < n; i += ROWS) {
    const rows = min(ROWS, n - i)
    for (let j: usize = 0; j < size; j += 64) {
      let k = 0, u = U + j, x = X
      for (; k + 2 <= K; k += 2, x += 16) {
        const t = u + size
        let a0 = v128.load(u), a1 = v128.load(u, 16), a2 = v128.load(u, 32), a3 = v128.load(u, 48)
        let b0 = v128.load(t), b1 = v128.load(t, 16), b2 = v128.load(t, 32), b3 = v128.load(t, 48)
        let p = Z + j, q = x
        for (let l = rows; l > 0; l--) {
          const f = v128.load64_splat(q), g = v128.load64_splat(q, 8)
          let z = entries(p, squared)
          a0 = mulAdd<f64>(z, f, a0)
          b0 = mulAdd<f64>(z, g, b0)
          z = entries(p + 16, squared)
          a1 = mulAdd<f64>(z, f, a1)
          b1 = mulAdd<f64>(z, g, b1)
          z = entries(p + 32, squared)
          a2 = mulAdd<f64>(z, f, a2)
          b2 = mulAdd<f64>(z, g, b2)
          z = entries(p + 48, squared)
          a3 = mulAdd<f64>(z, f, a3)
          b3 = mulAdd<f64>(z, g, b3)
          p += size
          q += width
        }
        storeFour(u, a0, a1, a2, a3)
        storeFour(t, b0, b1, b2, b3)
        u = t + size
      }
      if (k < K) {
        let a0 = v128.load(u), a1 = v128.load(u, 16), a2 = v128.load(u, 32), a3 = v128.load(u, 48)
        let p = Z + j, q = x
        for (let l = rows; l > 0; l--) {
          const f = v128.load64_splat(q)
          a0 = mulAdd<f64>(entries(p, squared), f, a0)
          a1 = mulAdd<f64>(entries(p + 16, squared), f, a1)
          a2 = mulAdd<f64>(entries(p + 32, squared), f, a2)
          a3 = mulAdd<f64>(entries(p + 48, squared), f, a3)
          p += size
          q += width
        }
        storeFour(u, a0, a1, a2, a3)
      }
    }
    Z += size * ROWS
    X += width * ROWS
  }
}

// @ts-ignore: decorator
@inline
function storeFour(p: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(p, a)
  v128.store(p, b, 16)
  v128.store(p, c, 32)
  v128.store(p, d, 48)
}
