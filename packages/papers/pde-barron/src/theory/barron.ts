import { calling, log, log10, number, options, pow, refuse, sinh, tan } from '@opt/core'
import { isNamed, type LagrangianLike, lagrangianOf, type NamedLagrangian } from '../lagrangian/lagrangian.ts'
import { type Condition, checkBoundary, leastSquare } from './conditioning.ts'

/** What a bound on Barron norms depends on. */
export interface BarronProblem {
  /** One of `lagrangian`. */
  lagrangian: LagrangianLike
  /** One condition for each axis. */
  boundary: readonly Condition[]
  /** |f|_0, the sum of the absolute values of the coefficients of f (`TrigSum.norm(0)`). */
  forcingNorm: number
}

const ROOT_TWO = Math.SQRT2

/**
 * Returns the sharp constants of one preconditioned step, P = I - Laplacian: |P^-1 div v|_1 <= k1 |v|_0 and
 * |P^-1 g|_1 <= k2 |g|_0. Neither grows with the dimension.
 *
 * @throws TypeError or RangeError when the boundary is invalid.
 */
export function stepConstants(boundary: readonly Condition[]): { k1: number; k2: number } {
  return calling('stepConstants', () => {
    const least = Math.sqrt(leastSquare(checkBoundary(boundary)))
    const a1 = Math.max(least, 1 + ROOT_TWO)
    const a2 = Math.max(least, ROOT_TWO - 1)
    return { k1: ((1 + a1) * a1) / (1 + a1 * a1), k2: (1 + a2) / (1 + a2 * a2) }
  })
}

/** The larger of 0 and the function, below its pole; Infinity from there on. */
const below = (pole: number, x: number, value: (x: number) => number) => (x < pole ? Math.max(0, value(x)) : Infinity)

/** b y, also for b = 0 and infinite y. */
const times = (b: number, y: number) => (b === 0 ? 0 : b * y)

/**
 * Returns how large N_p and N_u can be in the Wiener norm, N = L - |p|^2/2 - u^2/2, where |grad u|_0 <= g and |u|_0 <= w.
 */
export function majorants(
  { name, coefficients: { a, b, c, e } }: NamedLagrangian,
  g: number,
  w: number,
): { ofGradient: number; ofValue: number } {
  switch (name) {
    case 'quadratic':
      return { ofGradient: Math.abs(a - 1) * g, ofValue: Math.abs(c - 1) * w }
    case 'quartic':
      return {
        ofGradient: Math.abs(a - 1) * g + times(b, g * g * g),
        ofValue: Math.abs(c - 1) * w + times(e, w * w * w),
      }
    case 'poisson-boltzmann':
      return {
        ofGradient: Math.abs(a - 1) * g,
        ofValue: Math.abs(e - 1) * w + times(e, Math.max(0, sinh(w) - w)),
      }
    case 'log-cosh':
      return {
        ofGradient:
          Math.abs(a + b - 1) * g +
          times(
            b,
            below(Math.PI / 2, g, (x) => tan(x) - x),
          ),
        ofValue:
          Math.abs(c - 1) * w +
          times(
            c,
            below(Math.PI / 2, w, (x) => tan(x) - x),
          ),
      }
    case 'surface':
      return {
        ofGradient:
          Math.abs(a + b - 1) * g +
          times(
            b,
            below(1, g, (x) => x / Math.sqrt(1 - x * x) - x),
          ),
        ofValue: Math.abs(c - 1) * w,
      }
  }
}

/** How |u_t|_1 <= norm grows in one step of size eta. */
function growth(given: BarronProblem): (norm: number, eta: number) => number {
  const { lagrangian, boundary, forcingNorm } = options(given, 'problem')
  const conditions = checkBoundary(boundary, 'problem.boundary')
  const L = lagrangianOf(lagrangian, conditions.length)
  if (!isNamed(L) || L.potential)
    refuse('problem.lagrangian', 'one that has a name and constant coefficients', 'another', 'type')
  number(forcingNorm, 'problem.forcingNorm', { nonnegative: true })
  const { k1, k2 } = stepConstants(conditions)
  const least = Math.sqrt(leastSquare(conditions))
  return (norm, eta) => {
    const { ofGradient, ofValue } = majorants(L, norm, norm / (1 + least))
    const next = Math.abs(1 - eta) * norm + eta * (k1 * ofGradient + k2 * (ofValue + forcingNorm))
    return next <= 1e300 ? next : Infinity
  }
}

/**
 * Returns bounds on the Barron norms |u_t|_1 of the iterates t = 0, ..., steps from u_0 = 0; Infinity from the step on
 * where the series of the nonlinear terms diverge.
 *
 * @throws TypeError or RangeError when the problem is invalid, or eta is not in (0, 1].
 */
export function barronGrowth(problem: BarronProblem, eta: number, steps: number): Float64Array {
  return calling('barronGrowth', () => {
    const grow = growth(problem)
    number(eta, 'eta', { positive: true, max: 1 })
    number(steps, 'steps', { integer: true, min: 0, max: 1_000_000 })
    const bounds = new Float64Array(steps + 1)
    for (let t = 1; t <= steps; t++) bounds[t] = bounds[t - 1] === Infinity ? Infinity : grow(bounds[t - 1], eta)
    return bounds
  })
}

const LARGEST_BALL = 1e6
const ROUNDS = 1_000_000

/**
 * Returns a Barron norm that neither the iterates from 0, with steps of at most 1, nor the solution exceed: the smallest
 * fixed point of the growth. Null where there is none below 10^6.
 *
 * @throws TypeError or RangeError when the problem is invalid.
 */
export function invariantBall(problem: BarronProblem): number | null {
  return calling('invariantBall', () => {
    const grow = growth(problem)
    let ball = 0
    for (let round = 0; round < ROUNDS; round++) {
      const next = grow(ball, 1)
      if (!(next <= LARGEST_BALL)) return null
      if (next - ball <= 1e-13 * next) return next
      ball = next
    }
    return null
  })
}

/** What the paper's theorem depends on. */
export interface TheoremSettings {
  dimension: number
  /** B_L: composing with the derivatives of L maps a Barron norm b to at most B_L b^p. */
  compositionConstant: number
  /** p >= 1. */
  compositionPower: number
  /** In (0, 1). */
  epsilon: number
}

/**
 * Returns log10 of the paper's bound on the Barron norm of an approximation to accuracy epsilon, up to its unknown
 * constant: (d B_L)^max(p log(1/epsilon), p^log(1/epsilon)). It shows a polynomial dependence on d; as a number it is
 * astronomical. See {@link invariantBall} for one to compute with.
 *
 * @throws TypeError or RangeError when a setting is invalid.
 */
export function theoremBound(settings: TheoremSettings): number {
  return calling('theoremBound', () => {
    const names = ['dimension', 'compositionConstant', 'compositionPower', 'epsilon'] as const
    const { dimension, compositionConstant, compositionPower, epsilon } = options(settings, 'settings', names)
    number(dimension, 'dimension', { integer: true, min: 1 })
    number(compositionConstant, 'compositionConstant', { positive: true })
    number(compositionPower, 'compositionPower', { min: 1 })
    number(epsilon, 'epsilon', { positive: true, max: 1 })
    const digits = -log(epsilon)
    const exponent = Math.max(compositionPower * digits, pow(compositionPower, digits))
    return exponent * log10(dimension * compositionConstant)
  })
}
