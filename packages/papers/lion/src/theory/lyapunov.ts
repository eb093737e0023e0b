import { dot, number, options, type VectorLike } from '@opt/core'
import type { ConvexFunction } from '../convex/convex-function.ts'
import { type CheckedConstants, checkConstants, checkVectors, type LionConstants } from './checks.ts'
import { monotone, scaled } from './vectors.ts'

/** A point of a run. */
export interface LyapunovPoint {
  /** f(x). */
  f: number
  x: VectorLike
  /** The momentum, that of -g. */
  m: VectorLike
}

/** The coefficient c of the discrete function. */
function coefficient({ learningRate, beta1, beta2, weightDecay }: CheckedConstants): number {
  return (beta1 * learningRate) / (learningRate * weightDecay * (1 - beta1) + (1 - beta2))
}

/**
 * Returns K*(lambda x) and the gap K*(lambda x) + K(m) - lambda x.m >= 0; both are Infinity outside
 * the domain of K*.
 */
export function fenchelYoung(
  K: ConvexFunction,
  lambda: number,
  x: Float64Array,
  m: Float64Array,
): { conjugate: number; gap: number } {
  const conjugate = K.conjugate(scaled(lambda, x))
  return { conjugate, gap: conjugate === Infinity ? Infinity : conjugate + K.value(m) - lambda * dot(x, m) }
}

/**
 * The Lyapunov function of implicit Lion-K,
 *
 *     H(x, m) = f(x) + K*(lambda x) / lambda + c [K*(lambda x) + K(m) - lambda x.m],
 *     c = beta1 eps / (eps lambda (1 - beta1) + 1 - beta2)
 *
 * with eps the learning rate and lambda the weight decay. If the gradient of f is L-Lipschitz, H
 * falls in each step by at least {@link lyapunovStep}'s `decrease` less (L / 2) |x_t+1 - x_t|^2; it
 * need not be monotone.
 *
 * @returns H; Infinity outside the domain of K*.
 * @throws TypeError or RangeError that names the wrong argument; learning rate and weight decay
 *   must be positive, beta1 < beta2.
 */
export function lyapunov(point: LyapunovPoint, constants: LionConstants): number {
  const checked = checkConstants('lyapunov', constants)
  const { kernel: K, weightDecay } = checked
  const given = options(point, 'lyapunov: point')
  const { x, m } = checkVectors('lyapunov', K, { x: given.x, m: given.m })
  const f = number(given.f, 'lyapunov: f')
  const { conjugate, gap } = fenchelYoung(K, weightDecay, x, m)
  if (conjugate === Infinity) return Infinity
  return f + conjugate / weightDecay + coefficient(checked) * gap
}

/** One implicit step of Lion-K, and what the theorem says about it. */
export interface LyapunovStep {
  /**
   * (dK(mixed) - lambda x').(mixed - s) >= 0 with s in dK*(lambda x'); NaN when x' is outside the
   * domain of K*.
   */
  delta1: number
  /** (dK(m') - dK(mixed)).(m' - mixed) >= 0. */
  delta2: number
  /**
   * eps (1 + c lambda) delta1 + c (1 - beta2) / (beta2 - beta1) delta2: H falls by at least this
   * less (L / 2) |x' - x|^2.
   */
  decrease: number
  /** x'. */
  x: Float64Array
  /** m'. */
  m: Float64Array
}

/**
 * Takes one implicit step from (x, m) and computes by how much {@link lyapunov} must fall. For an
 * explicit run with learning rate eps pass eps / (1 - eps lambda): the steps are the same.
 *
 * @param point.gradient the gradient of f at x.
 * @throws TypeError or RangeError as {@link lyapunov}.
 */
export function lyapunovStep(
  point: { x: VectorLike; m: VectorLike; gradient: VectorLike },
  constants: LionConstants,
): LyapunovStep {
  const given = options(point, 'lyapunovStep: point')
  const checked = checkConstants('lyapunovStep', constants)
  const { kernel: K, learningRate, beta1, beta2, weightDecay } = checked
  const { x, m, gradient } = checkVectors('lyapunovStep', K, { x: given.x, m: given.m, gradient: given.gradient })
  const mixed = m.map((v, i) => beta1 * v - (1 - beta1) * gradient[i])
  const nextM = m.map((v, i) => beta2 * v - (1 - beta2) * gradient[i])
  const [atMixed, atNextM, s] = [mixed.slice(), mixed.slice(), mixed.slice()]
  K.subgradient(mixed, atMixed)
  K.subgradient(nextM, atNextM)
  const nextX = x.map((v, i) => (v + learningRate * atMixed[i]) / (1 + learningRate * weightDecay))

  const y = scaled(weightDecay, nextX)
  let delta1 = NaN
  if (K.conjugate(y) < Infinity) {
    K.conjugateSubgradient(y, s)
    delta1 = monotone(atMixed, y, mixed, s)
  }
  const delta2 = monotone(atNextM, atMixed, nextM, mixed)
  const c = coefficient(checked)
  const decrease = learningRate * (1 + c * weightDecay) * delta1 + ((c * (1 - beta2)) / (beta2 - beta1)) * delta2
  return { delta1, delta2, decrease, x: nextX, m: nextM }
}
