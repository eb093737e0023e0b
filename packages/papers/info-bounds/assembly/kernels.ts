import { expCore } from '../../../core/assembly/exp'
import { log } from '../../../core/assembly/log'
import { laneSum, mulAdd } from '../../../core/assembly/simd'

// @ts-ignore: decorator
@inline
function squared(centre: usize, x: v128, sum: v128): v128 {
  const d = f64x2.sub(v128.load(centre), x)
  return mulAdd<f64>(d, d, sum)
}

/**
 * out_k = log(1/count sum_i exp(-|t_k - c_i|^2 / 2)) for m points t_k (rows of `width` numbers) and n centres, n a multiple
 * of 8: coordinate j of centre i is at centres[j n + i]. Distances are summed over the coordinates in order; exponentials
 * over even and odd i, then added, where one of a pair is above e^-40 times the largest. `squares`: n.
 */
export function logDensities(
  m: i32, width: i32, n: i32, count: f64,
  points: usize, centres: usize, squares: usize, out: usize,
): void {
  const column = <usize>n << 3
  const half = f64x2.splat(0.5), zero = f64x2.splat(0), negligible = f64x2.splat(-40)
  for (let k = 0; k < m; k++) {
    let nearest = f64x2.splat(Infinity)
    for (let i: usize = 0; i < column; i += 64) {
      let s0 = zero, s1 = zero, s2 = zero, s3 = zero
      let c = centres + i
      let t = points
      for (let j = 0; j < width; j++) {
        const x = v128.load64_splat(t)
        s0 = squared(c, x, s0)
        s1 = squared(c + 16, x, s1)
        s2 = squared(c + 32, x, s2)
        s3 = squared(c + 48, x, s3)
        c += column
        t += 8
      }
      s0 = f64x2.mul(s0, half)
      s1 = f64x2.mul(s1, half)
      s2 = f64x2.mul(s2, half)
      s3 = f64x2.mul(s3, half)
      v128.store(squares + i, s0)
      v128.store(squares + i, s1, 16)
      v128.store(squares + i, s2, 32)
      v128.store(squares + i, s3, 48)
      nearest = f64x2.pmin(nearest, f64x2.pmin(f64x2.pmin(s0, s1), f64x2.pmin(s2, s3)))
    }
    points += <usize>width << 3
    const least = min(f64x2.extract_lane(nearest, 0), f64x2.extract_lane(nearest, 1))
    if (least < Infinity) {
      const shift = f64x2.splat(least)
      let sum = zero
      for (let i: usize = 0; i < column; i += 16) {
        const x = f64x2.sub(shift, v128.load(squares + i))
        if (v128.any_true(f64x2.gt(x, negligible))) sum = f64x2.add(sum, expCore(x))
      }
      store<f64>(out, log(laneSum<f64>(sum) / count) - least)
    } else store<f64>(out, -Infinity)
    out += 8
  }
}
