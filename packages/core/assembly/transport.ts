import { vexp } from './exp'
import { log } from './log'
import { exponents, rowMaximum } from './softmax'
import { axpyOf } from './vectors'

/**
 * t_j = exp((f_i + g_j - C_ij) / epsilon) with the old f serves both halves of the iteration: f_i follows from its sum s, and the row
 * of the plan under the new f is t a_i / s. A row whose sum leaves the safe range is done again, shifted by its maximum.
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

export function gibbs(m: i32, n: i32, C: usize, ldc: i32, f: usize, g: usize, epsilon: f64, K: usize, ldk: i32): void {
  const k = 1 / epsilon
  for (let i = 0; i < m; i++) {
    exponents(n, C, g, -load<f64>(f), k, K)
    vexp(n, K, K)
    f += 8
    C += <usize>ldc << 3
    K += <usize>ldk << 3
  }
}
