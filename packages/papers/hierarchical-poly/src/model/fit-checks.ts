import { matrix, number, options, Random, type RandomState, refuse, show, type VectorLike, vector } from '@opt/core'
import type { HierarchicalProblem } from '../hierarchical-fit.ts'
import { withSquares } from '../ridge/ridge-loo.ts'
import { drawUnits, type LinkUnits, moments } from './link.ts'

/** From 10^from to 10^to, so many per decade (1 or 2). */
export function grid(from: number, to: number, perDecade: number): Float64Array {
  const between = 3.1622776601683795
  return Float64Array.from({ length: (to - from) * perDecade + 1 }, (_, k) => {
    const power = Number(`1e${from + Math.floor(k / perDecade)}`)
    return k % perDecade === 0 ? power : power * between
  })
}

/** The penalties of scores: 10^-2, 10^-1.5, ..., 10^5. */
export const LAMBDAS: Float64Array = /* @__PURE__ */ grid(-2, 5, 2)
/** The penalties of links: 10^-3, ..., 10^3. */
export const LINK_LAMBDAS: Float64Array = /* @__PURE__ */ grid(-3, 3, 1)

/** Fewer rows than this tell nothing. */
const LEAST_ROWS = 10

export interface CheckedProblem {
  data: Float64Array
  y: Float64Array
  n: number
  d: number
  mean: number
  variance: number
}

/** Checks rows and responses. */
export function checkProblem(problem: HierarchicalProblem): CheckedProblem {
  const { X, y: given } = options(problem, 'problem')
  const { data, shape } = matrix(X, 'X')
  const [n, d] = shape
  const y = vector(given, 'y', { length: n })
  checkResponses(y, n)
  withSquares(y, 'y')
  const { mean, deviation } = moments(y)
  if (!(deviation > 1e-140)) refuse('y', 'of a deviation above 1e-140 (scale it)', String(deviation))
  return { data, y, n, d, mean, variance: deviation * deviation }
}

/** Refuses too few rows and responses that are all equal. */
export function checkResponses(y: Float64Array, n: number): void {
  if (n < LEAST_ROWS) refuse('X', `of at least ${LEAST_ROWS} rows`, String(n))
  if (y.every((value) => value === y[0])) refuse('y', 'of at least two different values', `${y[0]} only`)
}

/** Gives the ReLU units of each step: drawn, or given by the caller. */
export interface UnitSource {
  next(step: number): LinkUnits
  state(): RandomState | null
  restore(state: RandomState | null): void
}

export function unitSource(units: number | ((step: number) => LinkUnits), rng: Random): UnitSource {
  let generator = rng
  if (typeof units === 'function')
    return { next: (step) => checkUnits(units(step), `linkUnits(${step})`), state: () => null, restore: () => {} }
  const count = number(units, 'linkUnits', { integer: true, min: 1, max: 10_000 })
  return {
    next: () => drawUnits(count, generator),
    state: () => generator.state(),
    restore(state) {
      if (state === null) refuse('initial.units', 'a state of a generator', 'null')
      generator = new Random(state)
    },
  }
}

export function checkUnits(units: LinkUnits, label: string): LinkUnits {
  if (typeof units !== 'object' || units === null) refuse(label, 'signs and offsets', show(units), 'type')
  const signs = vector(units.signs as VectorLike, `${label}.signs`)
  signs.forEach((sign, j) => {
    if (Math.abs(sign) !== 1) refuse(`${label}.signs[${j}]`, '1 or -1', show(sign))
  })
  return { signs, offsets: vector(units.offsets as VectorLike, `${label}.offsets`, { length: signs.length }) }
}
