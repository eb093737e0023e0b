import { number, options, refuse, show, type VectorLike } from '@opt/core'
import { takeKernel } from './answers.ts'
import { inner, type LionConstants, takeConstants, takeVectors, times } from './constants.ts'
import type { Kernel } from './kernel.ts'

/** A point of a run: x, the momentum m (of -g), and f(x). */
export interface LyapunovPoint {
  f: number
  x: VectorLike
  m: VectorLike
}

/** c of the discrete function. */
function weight({ learningRate, beta1, beta2, weightDecay }: LionConstants & { beta1: number; beta2: number }): number {
  return (beta1 * learningRate) / (learningRate * weightDecay * (1 - beta1) + (1 - beta2))
}

/** K*(lambda x) + K(m) - lambda x.m >= 0, Infinity where K* is; the first term is returned as well. */
function fenchelYoung(kernel: Kernel, lambda: number, x: Float64Array, m: Float64Array): { star: number; gap: number } {
  const star = kernel.conjugate(times(lambda, x))
  return { star, gap: star === Infinity ? Infinity : star + kernel.value(m) - lambda * inner(x, m) }
}

/**
 * The Lyapunov function of implicit Lion-K,
 *
 *     H(x, m) = f(x) + K*(lambda x) / lambda + c [K*(lambda x) + K(m) - lambda x.m],
 *     c = beta1 eps / (eps lambda (1 - beta1) + 1 - beta2)
 *
 * with eps the learning rate and lambda the weight decay. Infinity outside the domain of K*. For f with L-Lipschitz gradient it
 * falls at each step by at least {@link lyapunovStep}'s `decrease`, but for (L / 2) |x_t+1 - x_t|^2: it need not be monotone.
 *
 * @throws TypeError or RangeError naming what is wrong; beta1 < beta2 and positive learning rate and weight decay are needed.
 */
export function lyapunov(point: LyapunovPoint, constants: LionConstants): number {
  const { kernel, weightDecay, ...rest } = takeConstants('lyapunov', constants)
  const { x: at, m: momentum, f: height } = options(point, 'lyapunov: point')
  const { x, m } = takeVectors('lyapunov', kernel, { x: at, m: momentum })
  const f = number(height, 'lyapunov: f')
  const { star, gap } = fenchelYoung(kernel, weightDecay, x, m)
  if (star === Infinity) return Infinity
  return f + star / weightDecay + weight({ kernel, weightDecay, ...rest }) * gap
}

/** One implicit step of Lion-K and what the theorem says of it. */
export interface LyapunovStep {
  /** (dK(mixed) - lambda x').(mixed - s) with s in dK*(lambda x'), >= 0; NaN when x' is outside the domain of K*. */
  delta1: number
  /** (dK(m') - dK(mixed)).(m' - mixed), >= 0. */
  delta2: number
  /** H falls at least so much, less (L / 2) |x' - x|^2: eps (1 + c lambda) delta1 + c (1 - beta2) / (beta2 - beta1) delta2. */
  decrease: number
  /** x'. */
  x: Float64Array
  /** m'. */
  m: Float64Array
}

/**
 * Takes one implicit step from (x, m) with the gradient at x, and the decrease terms of {@link lyapunov} over it.
 * For an explicit run with learning rate eps give eps / (1 - eps lambda): the steps are the same.
 *
 * @throws TypeError or RangeError as {@link lyapunov}.
 */
export function lyapunovStep(
  point: { x: VectorLike; m: VectorLike; gradient: VectorLike },
  constants: LionConstants,
): LyapunovStep {
  const { x, m, gradient } = options(point, 'lyapunovStep: point')
  const { kernel, learningRate, beta1, beta2, weightDecay } = takeConstants('lyapunovStep', constants)
  const from = takeVectors('lyapunovStep', kernel, { x, m, gradient })
  const mixed = from.m.map((v, i) => beta1 * v - (1 - beta1) * from.gradient[i])
  const nextM = from.m.map((v, i) => beta2 * v - (1 - beta2) * from.gradient[i])
  const [direction, later, s] = [mixed.slice(), mixed.slice(), mixed.slice()]
  kernel.subgradient(mixed, direction)
  kernel.subgradient(nextM, later)
  const nextX = from.x.map((v, i) => (v + learningRate * direction[i]) / (1 + learningRate * weightDecay))
  const y = times(weightDecay, nextX)
  let delta1 = NaN
  if (kernel.conjugate(y) < Infinity) {
    kernel.conjugateSubgradient(y, s)
    delta1 = monotone(direction, y, mixed, s)
  }
  const delta2 = monotone(later, direction, nextM, mixed)
  const c = weight({ kernel, learningRate, beta1, beta2, weightDecay })
  const decrease = learningRate * (1 + c * weightDecay) * delta1 + ((c * (1 - beta2)) / (beta2 - beta1)) * delta2
  return { delta1, delta2, decrease, x: nextX, m: nextM }
}

/** (a - b).(c - d); where a and b agree the term is 0 even if d is infinite. */
function monotone(a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) sum += (a[i] - b[i]) * (c[i] - d[i])
  return sum
}

/** The constants of the flow m' = -alpha grad f(x) - gamma m, x' = dK(m + epsilon m') - lambda x. */
export interface FlowConstants {
  kernel: Kernel
  alpha: number
  gamma: number
  /** With epsilon gamma <= 1. */
  epsilon: number
  lambda: number
}

/** Checks the constants of the continuous theory. */
export function takeFlowConstants(caller: string, constants: FlowConstants): FlowConstants {
  const { alpha, gamma, epsilon, lambda, ...rest } = options(constants, `${caller}: constants`)
  const kernel = takeKernel(rest.kernel, `${caller}: kernel`)
  number(alpha, `${caller}: alpha`, { positive: true })
  number(gamma, `${caller}: gamma`, { positive: true })
  number(lambda, `${caller}: lambda`, { positive: true })
  number(epsilon, `${caller}: epsilon`, { nonnegative: true })
  if (epsilon * gamma > 1) refuse(`${caller}: epsilon`, `at most 1 / gamma = ${1 / gamma}`, show(epsilon))
  return { kernel, alpha, gamma, epsilon, lambda }
}

/** The Lyapunov function of the flow at a point, and how fast it falls there. */
export interface FlowLyapunov {
  /** H; Infinity outside the domain of K*. */
  value: number
  /** (mixed - dK*(lambda x)).(dK(mixed) - lambda x) >= 0; NaN outside the domain of K*. */
  delta1: number
  /** m'.(dK(mixed) - dK(m)) >= 0. */
  delta2: number
  /** -dH/dt. */
  decrease: number
}

/**
 * The Lyapunov function of the flow,
 *
 *     H = alpha f(x) + (gamma / lambda) K*(lambda x) + (1 - epsilon gamma) / (1 + epsilon lambda) [K*(lambda x) + K(m) - lambda x.m]
 *     -dH/dt = (lambda + gamma) / (1 + epsilon lambda) delta1 + (1 - epsilon gamma) / (1 + epsilon lambda) delta2
 *
 * @throws TypeError or RangeError naming what is wrong.
 */
export function flowLyapunov(point: LyapunovPoint & { gradient: VectorLike }, constants: FlowConstants): FlowLyapunov {
  const { kernel, alpha, gamma, epsilon, lambda } = takeFlowConstants('flowLyapunov', constants)
  const { f: height, ...vectors } = options(point, 'flowLyapunov: point')
  const { x, m, gradient } = takeVectors('flowLyapunov', kernel, {
    x: vectors.x,
    m: vectors.m,
    gradient: vectors.gradient,
  })
  const f = number(height, 'flowLyapunov: f')
  const velocity = m.map((v, i) => -alpha * gradient[i] - gamma * v)
  const mixed = m.map((v, i) => v + epsilon * velocity[i])
  const [direction, atM, s] = [m.slice(), m.slice(), m.slice()]
  kernel.subgradient(mixed, direction)
  kernel.subgradient(m, atM)
  let delta2 = 0
  for (let i = 0; i < m.length; i++) delta2 += velocity[i] * (direction[i] - atM[i])
  const { star, gap } = fenchelYoung(kernel, lambda, x, m)
  if (star === Infinity) return { value: Infinity, delta1: NaN, delta2, decrease: NaN }
  const y = times(lambda, x)
  kernel.conjugateSubgradient(y, s)
  const delta1 = monotone(direction, y, mixed, s)
  const share = (1 - epsilon * gamma) / (1 + epsilon * lambda)
  return {
    value: alpha * f + (gamma / lambda) * star + share * gap,
    delta1,
    delta2,
    decrease: ((lambda + gamma) / (1 + epsilon * lambda)) * delta1 + share * delta2,
  }
}
