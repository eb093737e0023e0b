import { calling, log, log1p, number, oneOf, options, refuse, show } from '@opt/core'
import { isNamed, type LagrangianLike, lagrangianOf } from '../lagrangian/lagrangian.ts'
import type { Constants, Lagrangian, Limits } from '../lagrangian/types.ts'

/** What holds on the two faces of an axis: u = 0 (or what the lift says), or L_p . n = 0 (or the given flux). */
export type Condition = 'dirichlet' | 'neumann'

/** The weights of P = mass - stiffness Laplacian. Both 1 by default, the paper's choice. */
export interface Metric {
  mass?: number | undefined
  stiffness?: number | undefined
}

/** Options of {@link conditioning}. */
export interface ConditioningOptions extends Metric {
  /** One condition for each axis. */
  boundary: readonly Condition[]
}

/** m |v|_P^2 <= D^2 E [v, v] <= M |v|_P^2, and what follows of it. */
export interface Conditioning {
  m: number
  M: number
  /** 2 / (m + M); 0 when M is infinite. */
  step: number
  /** (M - m) / (M + m), the factor by which that step reduces the error in the P norm; 1 when M is infinite. */
  rate: number
  /** How many of those steps bring an error of at most `error` below `epsilon`. Infinity when the rate is 1. */
  iterations(error: number, epsilon: number): number
}

const BOUNDARY_NAMES = ['dirichlet', 'neumann'] as const
const MOST_AXES = 30

/** Checks the conditions, one an axis. */
export function checkBoundary(boundary: readonly Condition[], label = 'boundary'): Condition[] {
  if (!Array.isArray(boundary))
    refuse(label, "an array of 'dirichlet' and 'neumann', one an axis", show(boundary), 'type')
  if (boundary.length < 1 || boundary.length > MOST_AXES)
    refuse(label, `of length 1 to ${MOST_AXES}`, `length ${boundary.length}`)
  return Array.from(boundary, (condition, j) => oneOf(condition, `${label}[${j}]`, BOUNDARY_NAMES))
}

/** The square of the smallest frequency, pi^2 for each Dirichlet axis. */
export const leastSquare = (boundary: readonly Condition[]): number =>
  boundary.filter((condition) => condition === 'dirichlet').length * Math.PI * Math.PI

export function checkMetric({ mass = 1, stiffness = 1 }: Metric): { mass: number; stiffness: number } {
  number(mass, 'mass', { positive: true })
  number(stiffness, 'stiffness', { positive: true })
  return { mass, stiffness }
}

/**
 * Returns the constants of a Lagrangian where |u| <= uMax and |p| <= pMax: diag(mu, lambda I) <= D^2 L <= diag(Mu,
 * Lambda I). Infinite where they need a limit that is not given.
 *
 * @throws TypeError or RangeError when the Lagrangian or a limit is invalid.
 */
export function constants(given: LagrangianLike, limits?: Limits): Constants {
  return calling('constants', () => {
    const { uMax, pMax } = options(limits, 'limits', ['uMax', 'pMax'])
    if (uMax !== undefined) number(uMax, 'uMax', { nonnegative: true })
    if (pMax !== undefined) number(pMax, 'pMax', { nonnegative: true })
    return lagrangianOf(given, 2).constants({ uMax, pMax })
  })
}

/**
 * Returns the condition number of an energy in the P norm, the fixed step and its rate.
 *
 * With a the square of the smallest frequency and q(l, v) = (l a + v) / (mass + stiffness a): m = min(q(lambda, mu),
 * lambda / stiffness), M = max(q(Lambda, Mu), Lambda / stiffness). The rate is attained for linear problems.
 *
 * @throws TypeError or RangeError when a constant is invalid, or m = 0: with Neumann conditions on all faces mu must be
 *   positive.
 */
export function conditioning(given: Constants, settings: ConditioningOptions): Conditioning {
  return calling(
    'conditioning',
    () => {
      const { lambda, Lambda, mu, Mu } = options(given, 'constants')
      number(lambda, 'lambda', { positive: true })
      number(mu, 'mu', { nonnegative: true })
      if (Lambda !== Infinity) number(Lambda, 'Lambda', { min: lambda })
      if (Mu !== Infinity) number(Mu, 'Mu', { min: mu })
      const { boundary, ...metric } = options(settings, 'options', ['boundary', 'mass', 'stiffness'])
      const least = leastSquare(checkBoundary(boundary))
      const { mass, stiffness } = checkMetric(metric)
      const quotient = (l: number, v: number) =>
        ((l === 0 || least === 0 ? 0 : l * least) + v) / (mass + stiffness * least)
      const m = Math.min(quotient(lambda, mu), lambda / stiffness)
      const M = Math.max(quotient(Lambda, Mu), Lambda / stiffness)
      if (!(m > 0)) refuse('mu', 'positive with Neumann conditions on all faces', `${mu}`)
      const [step, rate] = M === Infinity ? [0, 1] : [2 / (m + M), (M - m) / (M + m)]
      return {
        m,
        M,
        step,
        rate,
        iterations: (error, epsilon) =>
          calling('conditioning.iterations', () => {
            number(error, 'error', { nonnegative: true })
            number(epsilon, 'epsilon', { positive: true })
            if (error <= epsilon) return 0
            if (rate === 0) return 1
            return rate === 1 ? Infinity : Math.ceil(log(error / epsilon) / -log(rate))
          }),
      }
    },
    true,
  )
}

/**
 * Returns a bound on |u| where |f| <= fMax, by the maximum principle: the u > 0 with L_u(u) = fMax. For named
 * Lagrangians with zero boundary data; Infinity where L_u stays below fMax.
 *
 * @throws TypeError or RangeError when an argument is invalid, or the Lagrangian is not one of {@link lagrangian}.
 */
export function maximumPrinciple(given: LagrangianLike, fMax: number): number {
  return calling('maximumPrinciple', () => {
    const L = lagrangianOf(given, 2)
    number(fMax, 'fMax', { nonnegative: true })
    const bound = solutionLimit(L, fMax)
    return bound ?? refuse('lagrangian', 'one that has a name', 'another')
  })
}

/** {@link maximumPrinciple}; undefined for a Lagrangian without a name. */
export function solutionLimit(L: Lagrangian, fMax: number): number | undefined {
  if (!isNamed(L)) return undefined
  if (fMax === 0) return 0
  const { c, e } = L.coefficients
  switch (L.name) {
    case 'log-cosh':
      // atanh(fMax / c)
      return fMax < c ? 0.5 * (log1p(fMax / c) - log1p(-fMax / c)) : Infinity
    case 'poisson-boltzmann':
      return e === 0 ? Infinity : asinh(fMax / e)
    case 'quartic':
      return e === 0 ? ratio(fMax, c) : root(c, e, fMax)
    default:
      return ratio(fMax, L.potential ? L.potential.min : c)
  }
}

const ratio = (fMax: number, c: number) => (c === 0 ? Infinity : fMax / c)

/** log(y + sqrt(1 + y^2)) for y >= 0. */
function asinh(y: number): number {
  if (y > 1e150) return log(y) + Math.LN2
  return log1p(y + (y * y) / (1 + Math.sqrt(1 + y * y)))
}

/** The root of c u + e u^3 = f, by Newton's method from above, where it descends. */
function root(c: number, e: number, f: number): number {
  let u = Math.min(c > 0 ? f / c : Infinity, Math.sqrt(Math.sqrt(f / e) * Math.max(1, Math.sqrt(f / e))) + 1)
  while (c * u + e * u * u * u < f) u *= 2
  for (let round = 0; round < 200; round++) {
    const next = u - (c * u + e * u * u * u - f) / (c + 3 * e * u * u)
    if (!(next < u)) break
    u = next
  }
  return u
}
