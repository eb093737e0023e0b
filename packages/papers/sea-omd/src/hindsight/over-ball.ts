import { allocate, callback, number, options, refuse, solveScratch } from '@opt/core'
import { checkDimension } from '../domains/domain.ts'
import { factor } from '../linear/factor.ts'
import { distance, inner } from '../linear/vectors.ts'

/** The best fixed point in hindsight. */
export interface Comparator {
  x: Float64Array
  /** Its total loss. */
  total: number
}

/** A smooth convex loss: its value at x; writes its gradient and the lower triangle of its Hessian (row-major, this stride). */
export type SecondOrder = (x: Float64Array, gradient: Float64Array, hessian: Float64Array, stride: number) => number

/** Options of {@link overBall}. */
export interface OverBallOptions {
  radius: number
  /** Relative accuracy of the gradient of the Lagrangian. Default 1e-12. */
  tolerance?: number
}

const STEPS = 200

/**
 * Minimises a smooth convex loss over the ball ||x|| <= radius: Newton's method on loss + (mu/2) ||x||^2, and a bracketed secant
 * for the mu (the answer's `multiplier`) at which the minimiser's length is the radius; mu = 0 where the free minimiser lies inside.
 *
 * @throws RangeError when the radius is not positive.
 */
export function overBall(
  loss: SecondOrder,
  dimension: number,
  given: OverBallOptions,
): Comparator & { multiplier: number } {
  callback(loss, 'overBall: loss')
  const { radius, tolerance = 1e-12 } = options(given, 'overBall: options')
  number(tolerance, 'overBall: tolerance', { nonnegative: true })
  number(radius, 'overBall: radius', { positive: true })
  number(radius, 'overBall: radius', { min: 1e-100, max: 1e100 })
  checkDimension(dimension, 'overBall: dimension')
  const n = dimension
  const { H, L, g, p, y, x, work, kernels } = allocate((ws) => ({
    ...{ H: ws.matrix(n, n), L: ws.matrix(n, n), work: ws.f64(solveScratch(n, n)) },
    ...{ g: ws.f64(n), p: ws.f64(n), y: ws.f64(n), x: ws.f64(n) },
  }))
  const known = (at: Float64Array): number => {
    const f = number(loss(at, g, H.data, H.stride), 'overBall: the value of loss')
    if (!Number.isFinite(inner(g, g))) refuse('overBall: the gradient of loss', 'of a finite square', 'more')
    return f
  }
  const value = (at: Float64Array, mu: number) => known(at) + (mu / 2) * inner(at, at)
  let scale = 0

  /** The minimiser for one mu, from the last; false when it runs out of a ball a thousand times as wide. */
  const minimise = (mu: number): boolean => {
    let f = value(x, mu)
    for (let k = 0; k < STEPS; k++) {
      let size = 0
      for (let i = 0; i < n; i++) {
        p[i] = g[i] + mu * x[i]
        size = Math.max(size, Math.abs(p[i]))
      }
      if (scale === 0) scale = size
      if (size <= tolerance * scale) return true
      factor(kernels, n, H.data, H.stride, mu, L, work)
      kernels.trsv(n, L.data, L.stride, p)
      const decrement = inner(p, p)
      kernels.trsvT(n, L.data, L.stride, p)
      let step = 1
      for (; step > 1e-12; step /= 2) {
        for (let i = 0; i < n; i++) y[i] = x[i] - step * p[i]
        const trial = value(y, mu)
        // Below the rounding of the values a full step is the better judge.
        if (trial <= f - 0.25 * step * decrement || decrement <= 1e-13 * Math.abs(f)) {
          f = trial
          break
        }
      }
      if (step <= 1e-12) return value(x, mu) < Infinity
      x.set(y)
      if (Math.sqrt(inner(x, x)) > 1000 * radius) return false
    }
    return true
  }
  const length = () => Math.sqrt(inner(x, x))

  if (minimise(0) && length() <= radius) return { x: x.slice(), total: known(x), multiplier: 0 }
  x.fill(0)
  known(x)
  // ||x(mu)|| <= ||grad at 0|| / mu.
  let high = distance(g, x) / radius
  let low = high
  do {
    low /= 16
    minimise(low)
  } while (length() <= radius && low > 1e-300)
  // 1 / ||x(mu)|| is close to linear in mu: regula falsi on it, by the Illinois rule.
  const miss = () => 1 / length() - 1 / radius
  let atLow = miss()
  minimise(high)
  let atHigh = miss()
  let multiplier = high
  for (let k = 0; k < STEPS && Math.abs(length() - radius) > 1e-15 * radius; k++) {
    multiplier = atHigh > atLow ? low + ((high - low) * -atLow) / (atHigh - atLow) : (low + high) / 2
    if (!(multiplier > low && multiplier < high)) multiplier = (low + high) / 2
    if (multiplier === low || multiplier === high) break
    minimise(multiplier)
    const here = miss()
    if (here > 0) {
      if (atHigh > 0 && here > 0.5 * atHigh) atLow /= 2
      high = multiplier
      atHigh = here
    } else {
      if (here < 0.5 * atLow) atHigh /= 2
      low = multiplier
      atLow = here
    }
  }
  const shrink = radius / length()
  for (let i = 0; i < n; i++) x[i] *= shrink
  if (!x.every(Number.isFinite)) refuse('overBall: loss', 'smooth and convex', 'values that its gradient does not fit')
  return { x: x.slice(), total: known(x), multiplier }
}
