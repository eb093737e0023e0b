import { vexp } from './exp'
import { log } from './log'
import { gemv, gemvT } from './matrices'
import { laneSum } from './simd'
import { exponents, rowMaximum } from './softmax'
import { axpyOf } from './vectors'

/**
 * t_j = exp((f_i + g_j - C_ij) / epsilon) with the old f serves both halves of the iteration: f_i follows from its
 * sum s, and the row of the plan under the new f is t a_i / s. A row whose sum leaves the safe range is done again,
 * shifted by its maximum.
 */
export function sinkhornRow(m: i32, n: i32, C: usize, ldc: i32, a: usize, f: usize, g: usize, epsilon: f64, z: usize, t: usize): i32 {
  const row = <usize>ldc << 3, k = 1 / epsilon
  let redone = 0
  memory.fill(z, 0, <usize>n << 3)
  for (let i = 0; i < m; i++) {
    let shift = -load<f64>(f)
    exponents(n, C, g, shift, k, t)
    let s = vexp(n, t, t)
    if (!(s > 1e-200 && s < 1e200)) {
      const most = rowMaximum(n, C, g)
      shift = isFinite(most) ? most : 0
      exponents(n, C, g, shift, k, t)
      s = vexp(n, t, t)
      redone++
    }
    const scale = load<f64>(a) / s
    store<f64>(f, epsilon * log(scale) - shift)
    axpyOf<f64>(n, scale, t, z)
    f += 8
    a += 8
    C += row
  }
  return redone
}

/** u = a / (K v), z = K' u: four rows at a time, used twice while they are in cache. */
export function scale2(m: i32, n: i32, K: usize, ldk: i32, a: usize, v: usize, u: usize, z: usize): void {
  const row = <usize>ldk << 3
  memory.fill(z, 0, <usize>n << 3)
  for (let i = 0; i < m; i += 4) {
    const rows = min(4, m - i)
    gemv(rows, n, K, ldk, v, u)
    for (let r: usize = 0; r < <usize>rows << 3; r += 8) store<f64>(u + r, load<f64>(a + r) / load<f64>(u + r))
    gemvT(rows, n, K, ldk, u, z)
    K += row << 2
    u += 32
    a += 32
  }
}

/** Sum of a row in the order of exp's sums: four over i mod 4, (0 + 2) + (1 + 3), then the tail. */
function rowSum(n: i32, p: usize): f64 {
  let s = f64x2.splat(0), t = s
  let j = 0
  for (; j + 4 <= n; j += 4) {
    s = f64x2.add(s, v128.load(p))
    t = f64x2.add(t, v128.load(p, 16))
    p += 32
  }
  let sum = laneSum<f64>(f64x2.add(s, t))
  for (; j < n; j++) {
    sum += load<f64>(p)
    p += 8
  }
  return sum
}

/** K_ij = exp((f_i + g_j - C_ij) / epsilon), with its row sums r and column sums c. */
export function gibbsMarginals(
  m: i32, n: i32, C: usize, ldc: i32, f: usize, g: usize, epsilon: f64, K: usize, ldk: i32, r: usize, c: usize,
): void {
  const k = 1 / epsilon
  memory.fill(c, 0, <usize>n << 3)
  for (let i = 0; i < m; i++) {
    exponents(n, C, g, -load<f64>(f), k, K)
    vexp(n, K, K)
    store<f64>(r, rowSum(n, K))
    axpyOf<f64>(n, 1, K, c)
    C += <usize>ldc << 3
    K += <usize>ldk << 3
    f += 8
    r += 8
  }
}

/** K_ij = u_i K_ij v_j, with its row sums r and column sums c. */
export function rescale(m: i32, n: i32, K: usize, ldk: i32, u: usize, v: usize, r: usize, c: usize): void {
  memory.fill(c, 0, <usize>n << 3)
  for (let i = 0; i < m; i++) {
    const ui = load<f64>(u), vu = f64x2.splat(ui)
    let p = K, q = v, j = 0
    for (; j + 2 <= n; j += 2) {
      v128.store(p, f64x2.mul(f64x2.mul(vu, v128.load(p)), v128.load(q)))
      p += 16
      q += 16
    }
    if (j < n) store<f64>(p, ui * load<f64>(p) * load<f64>(q))
    store<f64>(r, rowSum(n, K))
    axpyOf<f64>(n, 1, K, c)
    K += <usize>ldk << 3
    u += 8
    r += 8
  }
}
