import { calling, number, type VectorLike, vector } from '@opt/core'

/** A function to minimise, with what is known of it. Its methods need no `this`. */
export interface TestObjective {
  /** @throws TypeError or RangeError when x is no vector of its dimension. */
  value: (x: VectorLike) => number
  /** @throws TypeError or RangeError when x is no vector of its dimension. */
  gradient: (x: VectorLike) => Float64Array
  /** Returns a global minimiser of d coordinates; the value there is 0, up to rounding. */
  minimizer: (dimension: number) => Float64Array
}

/** Makes an objective: checks arguments. `dimension` is the only one allowed, or undefined. */
export function objective(
  name: string,
  dimension: number | undefined,
  parts: {
    value(x: Float64Array): number
    gradient(x: Float64Array, out: Float64Array): void
    minimizer(d: number): Float64Array
  },
): TestObjective {
  const checked = (x: VectorLike) => vector(x, `${name}: x`, dimension === undefined ? {} : { length: dimension })
  return {
    value(x) {
      // The entries of a Float64Array are looked at only if the value is not finite.
      if (x instanceof Float64Array && x.length === (dimension ?? (x.length || 1))) {
        const value = parts.value(x)
        if (value - value === 0) return value
      }
      return parts.value(checked(x))
    },
    gradient(x) {
      const at = checked(x)
      const out = new Float64Array(at.length)
      parts.gradient(at, out)
      return out
    },
    minimizer: (d) =>
      calling(`${name}.minimizer`, () => {
        const exact = dimension === undefined ? { min: 1 } : { min: dimension, max: dimension }
        return parts.minimizer(number(d, 'dimension', { integer: true, ...exact }))
      }),
  }
}

/** Zeros. */
export const origin = (d: number): Float64Array => new Float64Array(d)
