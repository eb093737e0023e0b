import { dot, type Random } from '@opt/core'
import type { BilevelProblem } from '../problem.ts'
import type { Check } from './check-problem.ts'
import { difference } from './differences.ts'

/** A problem, where it is checked and how. */
export interface CheckedPoint {
  problem: BilevelProblem<unknown>
  x: Float64Array
  y: Float64Array
  tolerance: number
  step: number
  entries: number
  rng: Random
  upperBatch: unknown
  lowerBatch: unknown
}

/** What a function gives for an entry of a derivative, or along a direction, and what differences give. */
interface Comparison {
  /** -1 for a direction that all entries enter. */
  index: number
  given: number
  expected: number
  /** What rounding may have changed in `expected`. */
  rounding: number
}

/**
 * Compares a gradient with differences of a function of `at`, whose entries are moved and put back: some entries one
 * by one, and all along a random direction.
 *
 * @param uncertainty an error that the values of f may have.
 */
export function compare(
  point: CheckedPoint,
  name: string,
  gradient: Float64Array,
  at: Float64Array,
  f: () => number,
  uncertainty: () => number = () => 0,
): Check {
  const { rng, step, entries } = point
  const n = at.length
  const origin = at.slice()
  const sizes = origin.map((value) => Math.max(1, Math.abs(value)))
  const along = (index: number, given: number, h: number, move: (t: number) => void): Comparison => {
    try {
      const { derivative, rounding } = difference((t) => {
        move(t)
        return f()
      }, h)
      return { index, given, expected: derivative, rounding: rounding + (4 * uncertainty()) / h }
    } finally {
      at.set(origin)
    }
  }
  const indices = n <= entries ? gradient.map((_, i) => i) : rng.choice(n, entries).sort()
  const single = Array.from(indices, (i) =>
    along(i, gradient[i], step * sizes[i], (t) => {
      at[i] = origin[i] + t
    }),
  )
  const direction = sizes.map((size) => (rng.uniform() < 0.5 ? -size : size))
  const whole = along(-1, dot(direction, gradient), step, (t) => {
    for (let i = 0; i < n; i++) at[i] = origin[i] + t * direction[i]
  })
  const peak = single.reduce((most, { given, expected }) => Math.max(most, Math.abs(given), Math.abs(expected)), 0)
  const total = gradient.reduce((sum, value, i) => sum + Math.abs(value * direction[i]), 0)
  const one = judged(point, name, single, peak)
  const all = judged(point, name, [whole], Math.max(total, peak))
  return one.passes && (!all.passes || all.error > one.error) ? all : one
}

/** Compares two vectors entry by entry. */
export function sameAs(point: CheckedPoint, name: string, given: Float64Array, expected: Float64Array): Check {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const entries = Array.from(given, (value, index) => ({ index, given: value, expected: expected[index], rounding: 0 }))
  return judged(point, name, entries, scale)
}

/** Reports the comparison with the largest difference, NaN before all others. */
export function judged({ tolerance }: CheckedPoint, name: string, all: Comparison[], scale: number): Check {
  const excess = ({ given, expected, rounding }: Comparison) => {
    const gap = Math.abs(given - expected)
    return Number.isNaN(gap) ? Infinity : Math.max(0, gap - rounding)
  }
  const worst = all.reduce((most, one) => (excess(one) > excess(most) ? one : most))
  const { index, given, expected } = worst
  const gap = Math.abs(given - expected)
  const passes = excess(worst) <= tolerance * scale
  return { name, passes, error: gap === 0 ? 0 : gap / scale, index, given, expected, note: '' }
}
