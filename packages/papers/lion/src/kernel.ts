const { abs, max } = Math

/**
 * A convex function K, with all that Lion-K and its theory ask of it. Vectors are flat; each parameter has a K of its own.
 * Functions that write fill `out`, of the length of the argument, and allocate nothing.
 */
export interface Kernel {
  readonly name: string
  /** K(x). */
  value(x: Float64Array): number
  /** Writes one g of the subdifferential of K at x. */
  subgradient(x: Float64Array, out: Float64Array): void
  /** K*(y) = sup over x of x.y - K(x); Infinity outside its domain. */
  conjugate(y: Float64Array): number
  /** Writes one s of the subdifferential of K* at y; only asked for where K*(y) is finite. */
  conjugateSubgradient(y: Float64Array, out: Float64Array): void
  /** How far y is outside the domain of K*, as a convex function that is 0 on it: gauge - 1 where the domain is a gauge's unit ball. */
  violation(y: Float64Array): number
  /**
   * How large an entry of a subgradient can be where no entry of x is larger than `size`, a finite number. Where it is left out, each step of
   * an optimizer is tried on a copy, lest a number leave its range.
   */
  bound?(size: number): number
  /** Throws a RangeError that begins with `label` when vectors of this length do not suit. */
  check?(length: number, label: string): void
}

/** So far outside the domain of K* a point still counts as on its boundary. */
export const SLACK = 1e-12

/** K*(y) where the domain of K* is all it says. */
export const indicator = (violation: number): number => (violation <= SLACK ? 0 : Infinity)

/** What a kernel that is a sum over entries needs to say of one. */
interface Entry {
  name: string
  value(v: number): number
  /** Of all entries: the hot loop. */
  subgradient(x: Float64Array, out: Float64Array): void
  bound(size: number): number
  /** On the domain. */
  conjugate(y: number): number
  conjugateSubgradient(y: number): number
  /** How far y is outside the domain of the entry's K*. */
  violation(y: number): number
}

/** K(x) = sum of one function over the entries. */
export function separable({ name, ...entry }: Entry): Kernel {
  const violation = (y: Float64Array) => {
    let largest = 0
    for (let i = 0; i < y.length; i++) {
      const v = entry.violation(y[i])
      if (!(v <= largest)) largest = v
    }
    return largest
  }
  return {
    name,
    violation,
    value(x) {
      let sum = 0
      for (let i = 0; i < x.length; i++) sum += entry.value(x[i])
      return sum
    },
    subgradient: entry.subgradient,
    bound: entry.bound,
    conjugate(y) {
      if (!(violation(y) <= SLACK)) return Infinity
      let sum = 0
      for (let i = 0; i < y.length; i++) sum += entry.conjugate(y[i])
      return sum
    },
    conjugateSubgradient(y, out) {
      for (let i = 0; i < y.length; i++) out[i] = entry.conjugateSubgradient(y[i])
    },
  }
}

/** -1, 0 or 1; NaN for NaN. */
export const sign = (v: number): number => (v > 0 ? 1 : v < 0 ? -1 : v === 0 ? 0 : v)

/** No entry of a subgradient is larger. */
export const one = (): number => 1

/** How far y is outside [-1, 1]. */
export const outsideBox = (y: number): number => max(0, abs(y) - 1)
