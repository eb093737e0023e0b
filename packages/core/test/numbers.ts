import type { Random } from '../src/index.ts'

/** As many uniform numbers as the view holds. */
export const uniform = (rng: Random, view: Float64Array, low = -1, high = 1): Float64Array =>
  view.map(() => rng.uniform(low, high))

/** Largest absolute difference; equal infinities differ by 0. */
export const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, v, i) => Math.max(most, v === b[i] ? 0 : Math.abs(v - b[i])), 0)

export function fill(view: Float64Array, values: ArrayLike<number>): Float64Array {
  view.set(values)
  return view
}
