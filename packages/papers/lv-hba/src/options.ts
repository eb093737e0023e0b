import { number, pow, refuse, show, type VectorLike, vectorCopy } from '@opt/core'
import type { MultiplierSet } from './problem.ts'

/** c_k = c (k + 1)^p, or any c_k of the step k = 0, 1, ... */
export type Penalty = { c?: number | undefined; p?: number | undefined } | ((k: number) => number)

/** Parameters of the proximal Lagrangian value function. */
export interface ValueFunctionParameters {
  /** gamma_1, of |theta - y|^2 / 2 gamma_1. Default 10. */
  gamma1?: number | undefined
  /** gamma_2, of |lambda - z|^2 / 2 gamma_2. Default 1. */
  gamma2?: number | undefined
  /** r, the bound of the multipliers. Default 1000. */
  bound?: number | undefined
}

/** Options of {@link lvHba}. */
export interface LvHbaOptions extends ValueFunctionParameters {
  /** Step of x and y. Default 0.1. */
  alpha?: number | undefined
  /** Step of z. Default 0.5. */
  beta?: number | undefined
  /** Step of theta and lambda. Default 0.2. */
  eta?: number | undefined
  /** Default { c: 1, p: 0.3 }; 0 <= p < 1/2, larger ones by a function. */
  penalty?: Penalty | undefined
  /** Every how many steps gap and residual are measured, each by a solve of the inner problem. Default 0: never. */
  measureEvery?: number | undefined
}

/** The names of {@link LvHbaOptions}. */
export const LV_HBA_OPTIONS = ['alpha', 'beta', 'eta', 'penalty', 'measureEvery', 'gamma1', 'gamma2', 'bound'] as const

/** Where {@link lvHba} starts: any x and y, multipliers if they are known, or the answer of a run to go on from. */
export interface LvHbaStart {
  x: VectorLike
  y: VectorLike
  /** Default 0. */
  z?: VectorLike | undefined
  /** Default y. */
  theta?: VectorLike | undefined
  /** Default 0. */
  lambda?: VectorLike | undefined
  /** Steps taken before, in a run that goes on; x and y are then left as they are. Default 0: they are projected. */
  k?: number | undefined
}

/** Checks gamma1, gamma2 and bound. */
export function checkParameters(
  given: ValueFunctionParameters,
  name = '',
): Required<{ [K in keyof ValueFunctionParameters]: number }> {
  return {
    gamma1: number(given.gamma1 ?? 10, `${name}gamma1`, { positive: true }),
    gamma2: number(given.gamma2 ?? 1, `${name}gamma2`, { positive: true }),
    bound: number(given.bound ?? 1000, `${name}bound`, { positive: true }),
  }
}

/** Returns the function k -> c_k. */
export function penaltyOf(given: Penalty = {}): (k: number) => number {
  if (typeof given === 'function') return (k) => number(given(k), `penalty(${k})`, { positive: true })
  if (typeof given !== 'object' || given === null) refuse('penalty', 'an object or a function', show(given), 'type')
  const { c = 1, p = 0.3 } = given
  number(c, 'penalty.c', { positive: true })
  number(p, 'penalty.p', { nonnegative: true })
  if (p >= 0.5) refuse('penalty.p', 'below 1/2 (for other penalties: a function of k)', String(p))
  return (k) => c * pow(k + 1, p)
}

interface Start {
  x: Float64Array
  y: Float64Array
  theta: Float64Array | undefined
  z: Float64Array
  lambda: Float64Array
  k: number
}

/** The iterate: copies of what is given, the rest as documented. */
export function startOf(given: LvHbaStart, multipliers: MultiplierSet): Start {
  if (typeof given !== 'object' || given === null) refuse('start', 'an object with x and y', show(given), 'type')
  const count = multipliers.least.length
  const x = vectorCopy(given.x, 'start.x')
  const y = vectorCopy(given.y, 'start.y')
  const k = number(given.k ?? 0, 'start.k', { integer: true, min: 0, max: 9007199254740990 })
  const ofMultipliers = (value: VectorLike | undefined, label: string) =>
    value === undefined || count === 0 ? new Float64Array(count) : vectorCopy(value, label, { length: count })
  return {
    x,
    y,
    theta: given.theta === undefined ? undefined : vectorCopy(given.theta, 'start.theta', { length: y.length }),
    z: ofMultipliers(given.z, 'start.z'),
    lambda: ofMultipliers(given.lambda, 'start.lambda'),
    k,
  }
}
