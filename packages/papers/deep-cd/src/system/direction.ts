import { refuse, show, wait } from '@opt/core'

/**
 * Chooses a search direction: writes it to `out`, which holds zeros, or returns it, or a promise of it.
 *
 * @param r the residual b - A x, of unit length; a copy.
 */
export type Direction = (r: Float64Array, out: Float64Array) => Answer | PromiseLike<Answer>

// biome-ignore lint/suspicious/noConfusingVoidType: functions that write have no answer
type Answer = ArrayLike<number> | undefined | void

/** Runs a direction function of a user: out = f(r), whatever it holds. */
export function* ask(
  direction: Direction,
  r: Float64Array,
  out: Float64Array,
  label = 'direction',
): Generator<never, void, unknown> {
  out.fill(0)
  const answer: unknown = yield* wait(direction(r, out) as Answer)
  if (answer === undefined || answer === out) return
  const n = (answer as ArrayLike<number> | null)?.length
  if (typeof answer !== 'object' || n !== out.length)
    refuse(
      `${label}(r, out)`,
      `nothing, or ${out.length} numbers`,
      typeof n === 'number' ? `${n} of them` : show(answer),
    )
  for (let i = 0; i < out.length; i++) {
    const entry = (answer as ArrayLike<unknown>)[i]
    out[i] = typeof entry === 'number' ? entry : NaN
  }
}

/** Checks what is to be a direction function. */
export function checkDirection(given: Direction): Direction {
  if (typeof given !== 'function')
    refuse('direction', 'a function (r, out), such as network.direction(shape)', show(given), 'type')
  return given
}
