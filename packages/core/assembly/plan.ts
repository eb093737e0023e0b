import { gibbs } from './transport'
import { axpyOf } from './vectors'
import { laneSum } from './simd'

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

export function gibbsMarginals(
  m: i32, n: i32, C: usize, ldc: i32, f: usize, g: usize, epsilon: f64, K: usize, ldk: i32, r: usize, c: usize,
): void {
  memory.fill(c, 0, <usize>n << 3)
  for (let i = 0; i < m; i++) {
    gibbs(1, n, C, ldc, f, g, epsilon, K, ldk)
    store<f64>(r, rowSum(n, K))
    axpyOf<f64>(n, 1, K, c)
    C += <usize>ldc << 3
    K += <usize>ldk << 3
    f += 8
    r += 8
  }
}

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
