import { callback, refuse, show } from '@opt/core'

/**
 * A convex function K with what Lion-K and its theory need of it: the "kernel" in option `kernel`.
 * Vectors are flat, and K acts on each parameter by itself.
 *
 * Methods that write fill `out`, which is as long as the argument. They are called in inner loops and
 * should allocate nothing.
 */
export interface ConvexFunction {
  /** For messages and tables. */
  readonly name: string
  /** K(x). */
  value(x: Float64Array): number
  /** Writes a g of the subdifferential of K at x. */
  subgradient(x: Float64Array, out: Float64Array): void
  /** K*(y) = sup over x of x.y - K(x); Infinity outside its domain. */
  conjugate(y: Float64Array): number
  /** Writes an s of the subdifferential of K* at y. Called only where K*(y) is finite. */
  conjugateSubgradient(y: Float64Array, out: Float64Array): void
  /**
   * The distance of y from the domain of K*, as a convex function that is 0 on the domain: gauge - 1
   * where the domain is the unit ball of a gauge.
   */
  violation(y: Float64Array): number
  /**
   * The largest size that an entry of a subgradient can have where no entry of x is larger than
   * `size`, a finite number. Without it an optimizer tries each step on a copy first, in case a
   * number leaves its range.
   */
  bound?: ((size: number) => number) | undefined
  /** Throws a RangeError that begins with `label` if K is not defined on vectors of this length. */
  check?: ((length: number, label: string) => void) | undefined
}

const METHODS = ['value', 'subgradient', 'conjugate', 'conjugateSubgradient', 'violation'] as const

/**
 * Checks that an option is a convex function.
 *
 * @throws TypeError when a method is missing.
 */
export function checkConvexFunction(given: unknown, label: string): void {
  for (const method of METHODS)
    if (typeof (given as Partial<ConvexFunction> | undefined)?.[method] !== 'function')
      refuse(label, `a kernel such as l1(), with a function ${method}`, show(given), 'type')
  for (const method of ['check', 'bound'] as const) {
    const optional = (given as ConvexFunction)[method]
    if (optional !== undefined) callback(optional, `${label}.${method}`)
  }
}

/** A point at most this far outside the domain of K* counts as on its boundary. */
export const SLACK = 1e-12

/** K*(y) where K* is 0 on its domain. */
export const indicator = (violation: number): number => (violation <= SLACK ? 0 : Infinity)

/** -1, 0 or 1; NaN for NaN. */
export const sign = (v: number): number => (v > 0 ? 1 : v < 0 ? -1 : v === 0 ? 0 : v)

/** The bound of functions whose subgradients have no entry larger than 1. */
export const one = (): number => 1
