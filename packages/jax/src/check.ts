import { type Floats, leavesOf, type Tree } from './layout.ts'
import type { Numbers, Reading } from './read.ts'

export type Traceable = (...args: Tree[]) => Tree

/** A greater relative difference is no rounding. */
const TOLERANCE = 1e-3

/**
 * How far the parameters are moved, in units of their root mean square, before a difference is believed: where everything cancels,
 * as at a minimum, two right answers may have nothing in common but that they are small.
 */
const SPREADS = [0, 0.1, 1]

const norm = (a: ArrayLike<number>, b?: ArrayLike<number>): number => {
  let square = 0
  for (let i = 0; i < a.length; i++) {
    // Two that are no number, or infinite alike, are equal.
    const gap = b === undefined ? a[i] : Object.is(a[i], b[i]) ? 0 : a[i] - b[i]
    square += gap * gap
  }
  return Math.sqrt(square)
}

/** The largest difference of two lists of arrays, relative to the array's norm and, for those that hardly count, a hundredth of the list's. */
export function difference(got: readonly ArrayLike<number>[], wanted: readonly ArrayLike<number>[]): number {
  const whole = norm(wanted.map((array) => norm(array)))
  return Math.max(
    ...wanted.map((array, k) => {
      const gap = norm(got[k], array)
      return gap === 0 ? 0 : gap / (norm(array) + 0.01 * whole)
    }),
  )
}

/** Every entry moved by its own amount, at most `spread` root mean squares. The amounts are multiples of the golden section, modulo 1. */
function moved(x: Floats, spread: number): Floats {
  if (spread === 0) return x
  const scale = 2 * spread * (norm(x) / Math.sqrt(x.length) || 1)
  return x.map((value, i) => value + scale * ((((i + 1) * 0.6180339887498949) % 1) - 0.5))
}

/**
 * Calls a function compiled by jit, and compares it with itself uncompiled: jax-js 0.1.25 gets some constants wrong under jit, and
 * says nothing. All that the caller might change meanwhile is read before the first wait.
 *
 * @param args made anew for parameters, since each call uses them up
 * @returns the answer, and whether it was finite, so that its being right says something
 * @throws Error when the two differ at x and around it.
 */
export function* checked(
  name: string,
  compiled: Traceable,
  plain: Traceable,
  args: (x: Floats) => Tree[],
  x: Floats,
): Reading<{ answer: Numbers[]; finite: boolean }> {
  let first: { answer: Numbers[]; gap: number } | undefined
  for (const spread of SPREADS) {
    const at = moved(x, spread)
    const wanted = yield [...leavesOf(compiled(...args(at))), ...leavesOf(plain(...args(at)))]
    const answer = wanted.splice(0, wanted.length / 2)
    const gap = difference(answer, wanted)
    first ??= { answer, gap }
    if (gap <= TOLERANCE)
      return { answer: first.answer, finite: Number.isFinite(norm(wanted.map((array) => norm(array)))) }
  }
  throw new Error(
    `${name}: jax-js compiles this function wrongly: its jit differs from the uncompiled function by ${first!.gap.toPrecision(2)} ` +
      `of the answer, more than ${TOLERANCE}. Write the loss without what jit gets wrong, such as a gradient taken inside of it, ` +
      'or use it all the same with { check: false }',
  )
}
