import { expCore } from '../../../core/assembly/exp'
import { log } from '../../../core/assembly/log'
import { gemv, gemvT } from '../../../core/assembly/matrices'
import { laneSum, mulAdd } from '../../../core/assembly/simd'
import { axpy, dot } from '../../../core/assembly/vectors'

export { gemv, spmv } from '../../../core/assembly/matrices'

/** The weights of two margins; see src/kernels/kernels.ts. */
// @ts-ignore: decorator
@inline
function weightsOf(margins: v128, scale: f64, tie: f64, shift: f64): v128 {
  const zero = f64x2.splat(0), one = f64x2.splat(1)
  if (scale == Infinity)
    return v128.or(v128.and(f64x2.lt(margins, zero), one), v128.and(f64x2.eq(margins, zero), f64x2.splat(tie)))
  const m = f64x2.mul(f64x2.splat(scale), margins)
  if (shift > 0) return expCore(f64x2.pmin(f64x2.splat(700), f64x2.sub(f64x2.splat(shift), m)))
  const t = expCore(f64x2.neg(f64x2.abs(m)))
  return f64x2.div(v128.bitselect(t, one, f64x2.ge(m, zero)), f64x2.add(one, t))
}

// @ts-ignore: decorator
@inline
function weightOf(margin: f64, scale: f64, tie: f64, shift: f64): f64 {
  return f64x2.extract_lane(weightsOf(f64x2.splat(margin), scale, tie, shift), 0)
}

/** Four rows at a time: their margins, their weights, and their part of the direction while they are in cache. */
export function weigh(
  m: i32, n: i32, Z: usize, ldz: i32, w: usize, scale: f64, tie: f64, shift: f64, margins: usize, direction: usize,
  totals: usize,
): i32 {
  const row = <usize>ldz << 3, weights = totals + 16
  let total: f64 = 0, least = Infinity, wrong = 0
  for (let i = 0; i < m; i += 4) {
    const rows = min(4, m - i)
    gemv(rows, n, Z, ldz, w, margins)
    if (rows == 4) {
      v128.store(weights, weightsOf(v128.load(margins), scale, tie, shift))
      v128.store(weights, weightsOf(v128.load(margins, 16), scale, tie, shift), 16)
    } else
      for (let r: usize = 0; r < <usize>rows << 3; r += 8)
        store<f64>(weights + r, weightOf(load<f64>(margins + r), scale, tie, shift))
    let nonzero = 0
    for (let r: usize = 0; r < <usize>rows << 3; r += 8) {
      const margin = load<f64>(margins + r), weight = load<f64>(weights + r)
      total += weight
      if (margin < least) least = margin
      if (!(margin > 0)) wrong++
      if (weight != 0) nonzero++
    }
    if (nonzero == 4) gemvT(4, n, Z, ldz, weights, direction)
    else if (nonzero > 0)
      for (let r = 0; r < rows; r++) {
        const weight = load<f64>(weights + (<usize>r << 3))
        if (weight != 0) axpy(n, weight, Z + <usize>r * row, direction)
      }
    margins += 32
    Z += row << 2
  }
  store<f64>(totals, total)
  store<f64>(totals, least, 8)
  return wrong
}

/** x'y of a sparse row: two running sums, as spmv. */
// @ts-ignore: decorator
@inline
function sparseDot(from: i32, to: i32, columns: usize, values: usize, x: usize): f64 {
  let s: f64 = 0, t: f64 = 0, k = from
  for (; k + 2 <= to; k += 2) {
    const q = columns + (<usize>k << 2), p = values + (<usize>k << 3)
    s += load<f64>(p) * load<f64>(x + (<usize>load<i32>(q) << 3))
    t += load<f64>(p, 8) * load<f64>(x + (<usize>load<i32>(q, 4) << 3))
  }
  if (k < to)
    s += load<f64>(values + (<usize>k << 3)) * load<f64>(x + (<usize>load<i32>(columns + (<usize>k << 2)) << 3))
  return s + t
}

// @ts-ignore: decorator
@inline
function sparseAxpy(from: i32, to: i32, alpha: f64, columns: usize, values: usize, y: usize): void {
  for (let k = from; k < to; k++) {
    const q = y + (<usize>load<i32>(columns + (<usize>k << 2)) << 3)
    store<f64>(q, alpha * load<f64>(values + (<usize>k << 3)) + load<f64>(q))
  }
}

export function weighSparse(
  m: i32, starts: usize, columns: usize, values: usize, w: usize, scale: f64, tie: f64, shift: f64, margins: usize,
  direction: usize, totals: usize,
): i32 {
  let total: f64 = 0, least = Infinity, wrong = 0
  let from = load<i32>(starts)
  for (let i = 0; i < m; i++) {
    const to = load<i32>(starts + (<usize>i << 2), 4)
    const margin = sparseDot(from, to, columns, values, w)
    const weight = weightOf(margin, scale, tie, shift)
    store<f64>(margins + (<usize>i << 3), margin)
    total += weight
    if (margin < least) least = margin
    if (!(margin > 0)) wrong++
    if (weight != 0) sparseAxpy(from, to, weight, columns, values, direction)
    from = to
  }
  store<f64>(totals, total)
  store<f64>(totals, least, 8)
  return wrong
}

export function correct(m: i32, n: i32, Z: usize, ldz: i32, w: usize): i32 {
  let mistakes = 0
  for (let i = 0; i < m; i++) {
    if (!(dot(n, Z, w) > 0)) {
      axpy(n, 1, Z, w)
      mistakes++
    }
    Z += <usize>ldz << 3
  }
  return mistakes
}

export function correctSparse(m: i32, starts: usize, columns: usize, values: usize, w: usize): i32 {
  let mistakes = 0, from = load<i32>(starts)
  for (let i = 0; i < m; i++) {
    const to = load<i32>(starts + (<usize>i << 2), 4)
    if (!(sparseDot(from, to, columns, values, w) > 0)) {
      sparseAxpy(from, to, 1, columns, values, w)
      mistakes++
    }
    from = to
  }
  return mistakes
}

/** log(1 + q) for q >= 0. */
function log1p(q: f64): f64 {
  const u = 1 + q
  return log(u) + (q < 1 ? q - (u - 1) : 1 - (u - q)) / u
}

// @ts-ignore: decorator
@inline
function log1pSum(p: v128, q: v128): f64 {
  return log1p(f64x2.extract_lane(p, 0)) + log1p(f64x2.extract_lane(q, 0)) +
    (log1p(f64x2.extract_lane(p, 1)) + log1p(f64x2.extract_lane(q, 1)))
}

/** The product of 1 + exp(-|m|), less 1, grows for 64 entries of a lane before its logarithm is taken. */
export function logisticLoss(n: i32, margins: usize, scale: f64): f64 {
  const zero = f64x2.splat(0), factor = f64x2.splat(-scale)
  let p = zero, q = zero, s = zero, t = zero
  let logs: f64 = 0
  let i = 0
  for (; i + 4 <= n; i += 4) {
    const u = f64x2.mul(factor, v128.load(margins)), v = f64x2.mul(factor, v128.load(margins, 16))
    s = f64x2.add(s, f64x2.pmax(zero, u))
    t = f64x2.add(t, f64x2.pmax(zero, v))
    const e = expCore(f64x2.neg(f64x2.abs(u))), f = expCore(f64x2.neg(f64x2.abs(v)))
    p = f64x2.add(p, mulAdd<f64>(p, e, e))
    q = f64x2.add(q, mulAdd<f64>(q, f, f))
    if ((i & 252) == 252) {
      logs += log1pSum(p, q)
      p = zero
      q = zero
    }
    margins += 32
  }
  let sum = laneSum<f64>(f64x2.add(s, t)) + (logs + log1pSum(p, q))
  for (; i < n; i++) {
    const u = -scale * load<f64>(margins)
    sum += (u > 0 ? u : 0) + log1p(f64x2.extract_lane(expCore(f64x2.splat(-abs(u))), 0))
    margins += 8
  }
  return sum
}
