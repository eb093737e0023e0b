import { callback, refuse, show } from '@opt/core'

/**
 * The upper level F(x, y) of a bilevel problem. Functions read x and y and write all entries of their outputs.
 *
 * @typeParam Batch which sample of the data to look at, by default indices of examples; undefined means all. The
 *   same batch gives the same answer: nothing is drawn inside.
 */
export interface UpperLevel<Batch = ArrayLike<number>> {
  /** Returns F(x, y). */
  value(x: Float64Array, y: Float64Array, batch?: Batch): number
  /** Writes the gradient in x to gx and that in y to gy. */
  gradient(x: Float64Array, y: Float64Array, gx: Float64Array, gy: Float64Array, batch?: Batch): void
}

/** The lower level g(x, y), minimised over y for the x of the upper level. */
export interface LowerLevel<Batch = ArrayLike<number>> extends UpperLevel<Batch> {
  /**
   * Writes outX = (d2g/dxdy) v, of x's length, and outY = (d2g/dydy) v: the two halves of the Hessian of g(x, y)
   * times (0, v).
   */
  hvp?(x: Float64Array, y: Float64Array, v: Float64Array, outX: Float64Array, outY: Float64Array, batch?: Batch): void
  /** Writes d2g/dydy, row-major; where it is missing and needed, it is formed from products. */
  hessian?(x: Float64Array, y: Float64Array, H: Float64Array, batch?: Batch): void
}

/** Constraints g_i(x, y) <= 0, or = 0, of the lower level. */
export interface Constraints {
  /** How many there are. */
  readonly count: number
  /** Which of them are equations; default none. */
  readonly equality?: readonly boolean[] | undefined
  /** Writes the values g_i(x, y). */
  value(x: Float64Array, y: Float64Array, out: Float64Array): void
  /** Writes the transposed Jacobians in x and y times multipliers: the gradients of sum_i multipliers_i g_i. */
  transposed(x: Float64Array, y: Float64Array, multipliers: Float64Array, gx: Float64Array, gy: Float64Array): void
}

/** min over x of F(x, y) where y minimises g(x, .), subject to constraints if there are any. */
export interface BilevelProblem<UpperBatch = ArrayLike<number>, LowerBatch = UpperBatch> {
  readonly upper: UpperLevel<UpperBatch>
  readonly lower: LowerLevel<LowerBatch>
  readonly constraints?: Constraints | undefined
}

const isObject = (x: unknown) => typeof x === 'object' && x !== null

/** Refuses what lacks the functions of a level. */
export function checkLevel(level: LowerLevel<unknown>, label: string): void {
  if (!isObject(level)) refuse(label, 'an object with value and gradient', show(level), 'type')
  callback(level.value, `${label}.value`)
  callback(level.gradient, `${label}.gradient`)
  if (level.hvp !== undefined) callback(level.hvp, `${label}.hvp`)
  if (level.hessian !== undefined) callback(level.hessian, `${label}.hessian`)
}

/** Refuses what lacks one of the two levels. */
export function checkLevels(problem: BilevelProblem<unknown>, name = ''): void {
  if (!isObject(problem)) refuse(`${name}problem`, 'an object with upper and lower', show(problem), 'type')
  checkLevel(problem.upper, `${name}upper`)
  checkLevel(problem.lower, `${name}lower`)
}

/** Returns the value of a level, if it is a number, NaN and infinities included. */
export function checkedValue(given: unknown, label: string): number {
  if (typeof given !== 'number') refuse(label, 'a function that returns a number', show(given), 'type')
  return given
}

/** Refuses entries that are not finite, which a function has written. */
export function finite(x: Float64Array, label: string): void {
  for (let i = 0; i < x.length; i++)
    if (!(Math.abs(x[i]) < Infinity)) refuse(`${label}[${i}]`, 'a finite number', show(x[i]))
}
