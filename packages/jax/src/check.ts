import { type Floats, norm } from '@opt/core'
import { leavesOf, type Tree } from './layout.ts'
import type { Numbers, Reading } from './read.ts'

export type Traceable = (...args: Tree[]) => Tree

/** A larger relative difference is not rounding. */
const TOLERANCE = 1e-3

/**
 * How far the parameters move, in units of their root mean square, before a difference counts: where everything
 * cancels, as at a minimum, two correct answers are both small and may otherwise have nothing in common.
 */
const SPREADS = [0, 0.1, 1]

/** Returns the norm of a - b; equal infinities and two NaN have no difference. */
const gapOf = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  norm(Array.from(a, (value, i) => (Object.is(value, b[i]) ? 0 : value - b[i])))

/**
 * Returns the largest difference of two lists of arrays, relative to the array's norm plus a hundredth of the list's,
 * so that arrays that hardly count do not dominate.
 */
export function difference(got: readonly ArrayLike<number>[], wanted: readonly ArrayLike<number>[]): number {
  const whole = norm(wanted.map(norm))
  return Math.max(
    ...wanted.map((array, k) => {
      const gap = gapOf(got[k], array)
      return gap === 0 ? 0 : gap / (norm(array) + 0.01 * whole)
    }),
  )
}

/**
 * Moves every entry by its own amount, at most `spread` root mean squares. The amounts are multiples of the golden
 * section, modulo 1.
 */
function perturbed(x: Floats, spread: number): Floats {
  if (spread === 0) return x
  const scale = 2 * spread * (norm(x) / Math.sqrt(x.length) || 1)
  return x.map((value, i) => value + scale * ((((i + 1) * 0.6180339887498949) % 1) - 0.5))
}

/**
 * Calls a function compiled by jit and compares the answer with that of the uncompiled function: jax-js 0.1.25 silently
 * gets some constants wrong under jit. Everything that the caller might change meanwhile is read before the first wait.
 *
 * @param args returns the arguments at x, new ones for each call, which uses them up
 * @returns the answer, and whether it was finite: only then does the comparison prove anything
 * @throws Error when the two differ at x and around it.
 */
export function* compareCompiled(
  name: string,
  compiled: Traceable,
  plain: Traceable,
  args: (x: Floats) => Tree[],
  x: Floats,
): Reading<{ answer: Numbers[]; finite: boolean }> {
  let first: { answer: Numbers[]; gap: number } | undefined
  for (const spread of SPREADS) {
    const at = perturbed(x, spread)
    const wanted = yield [...leavesOf(compiled(...args(at))), ...leavesOf(plain(...args(at)))]
    const answer = wanted.splice(0, wanted.length / 2)
    const gap = difference(answer, wanted)
    first ??= { answer, gap }
    if (gap <= TOLERANCE) return { answer: first.answer, finite: Number.isFinite(norm(wanted.map(norm))) }
  }
  throw new Error(
    `${name}: jax-js compiles this function wrongly: its jit differs from the uncompiled function by ` +
      `${first!.gap.toPrecision(2)} of the answer, more than ${TOLERANCE}. Rewrite the loss without what jit gets ` +
      'wrong, such as a gradient taken inside it, or skip this check with { check: false }',
  )
}
