import { readFileSync } from 'node:fs'
import type { LogisticStream, StreamState } from '@opt/sea-omd'
import { isSystemError, Problem, reasonOf } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import { LEARNERS } from './learners.ts'
import type { Settings } from './settings.ts'

/** The contents of a state file: the settings and the state of the learner, and what it has read. */
export interface Saved extends Settings {
  /** How many lines of the input are learned. */
  lines: number
  /** Their digest; states of the first version have none. */
  digest?: number | undefined
  /** How many lines the file of predictions holds at this point, when there is one. */
  predicted?: number | undefined
  stream: StreamState
}

/**
 * Reads a state.
 *
 * @throws Problem when there is none.
 */
export function readSaved(file: string, option: string): Saved {
  const name = `${option}: ${nameable(file)}`
  let saved: unknown
  try {
    saved = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Problem(
      isSystemError(error)
        ? `${option}: cannot read ${nameable(file)}: ${reasonOf(error)}`
        : `${name} is no state of opt stream: it is not JSON`,
    )
  }
  const complete = { firstIndex: 1, ...(saved as object) }
  if (!isSaved(complete)) throw new Problem(`${name} is no state of opt stream`)
  return complete
}

function isSaved(value: Record<string, unknown>): value is Record<string, unknown> & Saved {
  const { learner, features, radius, scale, beta, horizon, firstIndex, lines, digest, predicted, stream } = value
  const above0 = (v: unknown) => typeof v === 'number' && v > 0
  const count = (v: unknown) => Number.isSafeInteger(v) && (v as number) >= 0
  const text = (v: unknown) => typeof v === 'string'
  const numberOrText = (v: unknown) => Number.isFinite(v) || text(v)
  const maybe = (check: (v: unknown) => boolean, v: unknown) => v === undefined || check(v)
  return (
    LEARNERS.includes(learner as string) &&
    count(features) &&
    [features, radius, beta].every(above0) &&
    (scale === 'unit' || above0(scale)) &&
    (learner === 'sea-dynamic' ? count(horizon) && above0(horizon) : maybe(above0, horizon)) &&
    [value.positive, value.label].every((v) => maybe(numberOrText, v)) &&
    maybe((v) => typeof v === 'boolean', value.header) &&
    [value.delimiter, value.decimal].every((v) => maybe(text, v)) &&
    (firstIndex === 0 || firstIndex === 1) &&
    [lines, digest ?? 0, predicted ?? 0].every(count) &&
    typeof stream === 'object' &&
    stream !== null
  )
}

/**
 * Loads a saved learner and, with `sums`, its counts and losses.
 *
 * @throws Problem when the state is damaged.
 */
export function loadInto(stream: LogisticStream, saved: Saved, name: string, sums: boolean): void {
  try {
    if (sums) stream.load(saved.stream)
    else stream.learner.load(saved.stream.learner)
  } catch (error) {
    throw new Problem(`${name} is damaged: ${reasonOf(error)}`)
  }
}
