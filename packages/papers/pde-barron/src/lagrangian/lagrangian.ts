import {
  callback,
  calling,
  cosh,
  exp,
  log1p,
  number,
  type OptionNames,
  oneOf,
  options,
  refuse,
  show,
  sinh,
  tanh,
} from '@opt/core'
import { checked, isChecked, isOwn } from './checked.ts'
import { customLagrangian } from './custom.ts'
import { type GradientTerm, isotropic, quadraticGradient, separable, type ValueTerm } from './terms.ts'
import type { Constants, Lagrangian, Points } from './types.ts'

/** A coefficient c(x) with its range, of which the constants are made. */
export interface Potential {
  /** c at a point of d coordinates; refused outside [min, max]. */
  value(x: number[]): number
  /** >= 0. */
  min: number
  max: number
}

/** Parameters of {@link lagrangian}. A parameter that the named Lagrangian does not have is refused. */
export interface LagrangianParameters {
  /** a > 0. Default 1. */
  diffusion?: number | undefined
  /** c >= 0; of `quadratic` also a potential. Default 1 for `log-cosh`, otherwise 0. Not of `poisson-boltzmann`. */
  reaction?: number | Potential | undefined
  /** b >= 0 of `log-cosh` (default 1) and `quartic` (default 0). */
  gradient?: number | undefined
  /** b >= 0 of `surface`. Default 1. */
  surface?: number | undefined
  /** e >= 0 of `quartic`. Default 1. */
  cubic?: number | undefined
  /** k >= 0 of `poisson-boltzmann`. Default 1. */
  screening?: number | undefined
}

/** The names that {@link lagrangian} knows. */
export type LagrangianName = 'quadratic' | 'log-cosh' | 'surface' | 'quartic' | 'poisson-boltzmann'

/** The numbers a Lagrangian is made of: diffusion, gradient or surface term, reaction, cubic or screening term. */
export interface Coefficients {
  a: number
  b: number
  c: number
  e: number
}

/** A Lagrangian of {@link lagrangian}. */
export interface NamedLagrangian extends Lagrangian {
  readonly name: LagrangianName
  readonly coefficients: Readonly<Coefficients>
  readonly potential?: Potential | undefined
}

const DEFAULTS: Record<LagrangianName, Partial<Record<keyof LagrangianParameters, number>>> = {
  quadratic: { diffusion: 1, reaction: 0 },
  'log-cosh': { diffusion: 1, gradient: 1, reaction: 1 },
  surface: { diffusion: 1, surface: 1, reaction: 0 },
  quartic: { diffusion: 1, gradient: 0, reaction: 0, cubic: 1 },
  'poisson-boltzmann': { diffusion: 1, screening: 1 },
}

export const NAMES = Object.keys(DEFAULTS) as LagrangianName[]

/** log cosh x, finite where cosh x is not. */
const logCosh = (x: number) => Math.abs(x) + log1p(exp(-2 * Math.abs(x))) - Math.LN2
const sech2 = (x: number) => 1 - tanh(x) * tanh(x)

/** 2 sinh(u/2)^2 = cosh u - 1 without cancellation. */
const coshLess1 = (u: number) => {
  const half = sinh(0.5 * u)
  return 2 * half * half
}

const VALUE_TERMS: Record<LagrangianName, (k: Coefficients) => ValueTerm> = {
  quadratic: quadraticValue,
  surface: quadraticValue,
  'log-cosh': ({ c }) => ({
    value: (u) => c * logCosh(u),
    slope: (u) => c * tanh(u),
    curvature: (u) => c * sech2(u),
  }),
  quartic: ({ c, e }) => ({
    value: (u) => (0.5 * c + 0.25 * e * u * u) * u * u,
    slope: (u) => (c + e * u * u) * u,
    curvature: (u) => c + 3 * e * u * u,
  }),
  'poisson-boltzmann': ({ e: k }) => ({
    value: (u) => k * coshLess1(u),
    slope: (u) => k * sinh(u),
    curvature: (u) => k * cosh(u),
  }),
}

function quadraticValue({ c }: Coefficients): ValueTerm {
  return { value: (u) => 0.5 * c * u * u, slope: (u) => c * u, curvature: () => c }
}

function potentialValue({ value, min, max }: Potential): ValueTerm {
  const at = ({ x }: Points, i: number) => number(value(x.map((xj) => xj[i])), 'reaction.value(x)', { min, max })
  return {
    value: (u, points, i) => 0.5 * at(points, i) * u * u,
    slope: (u, points, i) => at(points, i) * u,
    curvature: (_, points, i) => at(points, i),
  }
}

const GRADIENT_TERMS: Record<LagrangianName, (k: Coefficients) => GradientTerm> = {
  quadratic: ({ a }) => quadraticGradient(a),
  'poisson-boltzmann': ({ a }) => quadraticGradient(a),
  'log-cosh': ({ a, b }) =>
    separable(a, { value: (p) => b * logCosh(p), slope: (p) => b * tanh(p), curvature: (p) => b * sech2(p) }),
  surface: ({ a, b }) =>
    isotropic(a, {
      value: (s) => b * Math.sqrt(1 + s),
      slope: (s) => (0.5 * b) / Math.sqrt(1 + s),
      curvature: (s) => (-0.25 * b) / ((1 + s) * Math.sqrt(1 + s)),
    }),
  quartic: ({ a, b }) =>
    b === 0
      ? quadraticGradient(a)
      : isotropic(a, { value: (s) => 0.25 * b * s * s, slope: (s) => 0.5 * b * s, curvature: () => 0.5 * b }),
}

/** 0 times Infinity is 0: a term without a coefficient needs no limit. */
const times = (coefficient: number, growth: number) => (coefficient === 0 ? 0 : coefficient * growth)

const CONSTANTS: Record<LagrangianName, (k: Coefficients, uMax: number, pMax: number) => Constants> = {
  quadratic: ({ a, c }) => ({ lambda: a, Lambda: a, mu: c, Mu: c }),
  'log-cosh': ({ a, b, c }, uMax) => ({ lambda: a, Lambda: a + b, mu: uMax === Infinity ? 0 : c * sech2(uMax), Mu: c }),
  surface: ({ a, b, c }) => ({ lambda: a, Lambda: a + b, mu: c, Mu: c }),
  quartic: ({ a, b, c, e }, uMax, pMax) => ({
    lambda: a,
    Lambda: a + times(3 * b, pMax * pMax),
    mu: c,
    Mu: c + times(3 * e, uMax * uMax),
  }),
  'poisson-boltzmann': ({ a, e: k }, uMax) => ({ lambda: a, Lambda: a, mu: k, Mu: times(k, cosh(uMax)) }),
}

function potentialOf(reaction: Potential): Potential {
  const { value, min, max } = options(reaction, 'reaction')
  callback(value, 'reaction.value')
  number(min, 'reaction.min', { nonnegative: true })
  number(max, 'reaction.max', { min })
  return { value, min, max }
}

/**
 * Returns a Lagrangian by its name:
 *
 * - `quadratic`: a/2 |p|^2 + c/2 u^2, where c may be a potential c(x);
 * - `log-cosh`: a/2 |p|^2 + b sum log cosh p_j + c log cosh u;
 * - `surface`: a/2 |p|^2 + b sqrt(1 + |p|^2) + c/2 u^2, a regularised minimal surface;
 * - `quartic`: a/2 |p|^2 + b/4 |p|^4 + c/2 u^2 + e/4 u^4;
 * - `poisson-boltzmann`: a/2 |p|^2 + k (cosh u - 1).
 *
 * @throws TypeError or RangeError for an unknown name or parameter, a diffusion that is not positive, or another
 *   parameter that is negative.
 */
export function lagrangian(name: LagrangianName, parameters?: LagrangianParameters): NamedLagrangian {
  return calling(
    'lagrangian',
    () => {
      oneOf(name, 'name', NAMES)
      const defaults = DEFAULTS[name]
      const given = options(parameters, 'parameters', Object.keys(defaults) as OptionNames<LagrangianParameters>)
      const potential =
        name === 'quadratic' && typeof given.reaction === 'object' && given.reaction !== null
          ? potentialOf(given.reaction)
          : undefined
      const filled: Partial<Record<keyof LagrangianParameters, number>> = { ...defaults }
      for (const key of Object.keys(defaults) as (keyof LagrangianParameters)[]) {
        const value = (key === 'reaction' && potential ? potential.max : given[key]) ?? defaults[key]
        filled[key] = number(value, key, key === 'diffusion' ? { positive: true } : { nonnegative: true })
      }
      const coefficients = {
        a: filled.diffusion!,
        b: filled.gradient ?? filled.surface ?? 0,
        c: filled.reaction ?? 0,
        e: filled.cubic ?? filled.screening ?? 0,
      }
      const valueTerm = potential ? potentialValue(potential) : VALUE_TERMS[name](coefficients)
      const gradientTerm = GRADIENT_TERMS[name](coefficients)
      return checked<NamedLagrangian>({
        name,
        coefficients: Object.freeze(coefficients),
        potential,
        value(at, out) {
          for (let i = 0; i < at.n; i++) out[i] = valueTerm.value(at.u[i], at, i)
          gradientTerm.addValue(at, out)
        },
        slopes(at, du, dp) {
          for (let i = 0; i < at.n; i++) du[i] = valueTerm.slope(at.u[i], at, i)
          gradientTerm.slope(at, dp)
        },
        hessian(at, v, q, hu, hp) {
          for (let i = 0; i < at.n; i++) hu[i] = valueTerm.curvature(at.u[i], at, i) * v[i]
          gradientTerm.hessian(at, q, hp)
        },
        constants({ uMax = Infinity, pMax = Infinity }) {
          const found = CONSTANTS[name](coefficients, uMax, pMax)
          return potential ? { ...found, mu: potential.min } : found
        },
      })
    },
    true,
  )
}

/** What solvers accept as a Lagrangian: a name with default parameters, one of {@link lagrangian}, or one's own. */
export type LagrangianLike = LagrangianName | Lagrangian

/** Returns the Lagrangian that an argument stands for; one of the user's own is checked in d dimensions. */
export function lagrangianOf(given: LagrangianLike, dimension: number): Lagrangian {
  if (typeof given === 'string') return lagrangian(oneOf(given, 'lagrangian', NAMES))
  if (typeof given !== 'object' || given === null)
    refuse('lagrangian', `a Lagrangian or one of ${NAMES.join(', ')}`, show(given), 'type')
  return isChecked(given, dimension) ? given : customLagrangian(given, { dimension })
}

/** Whether it is one of {@link lagrangian}. */
export const isNamed = (given: Lagrangian): given is NamedLagrangian => isOwn(given)
