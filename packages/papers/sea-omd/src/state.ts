import { decodeFloats, encodeFloats, refuse, show } from '@opt/core'
import { inner } from '@opt/sets/parts'
import type { Domain } from './domain.ts'
import { LONGEST } from './limits.ts'

/** A saved learner: plain JSON, exact to the bit (numbers are base64 of their little-endian float64 bytes). */
export interface LearnerState {
  learner: string
  dimension: number
  /** Rounds seen. */
  round: number
  /** Gradients that were longer than G. */
  violations: number
  numbers: Record<string, string>
  arrays: Record<string, string>
}

/** A saved {@link Memory}. */
export type Saved = Pick<LearnerState, 'numbers' | 'arrays'>

/** What changes from round to round, by name. */
export interface Memory {
  readonly numbers: Record<string, number>
  readonly arrays: Record<string, Float64Array>
}

/**
 * What saved numbers stand for, so that impossible ones are refused: a point of the domain (or several, one after
 * the other), a gradient, nonnegative or positive numbers, or a function that returns what they should be,
 * undefined when they are.
 */
export type Meaning =
  | 'point'
  | 'gradient'
  | 'nonnegative'
  | 'positive'
  | ((values: Float64Array, round: number) => string | undefined)

/** Encodes a memory. */
export function saveMemory({ numbers, arrays }: Memory): Saved {
  return {
    numbers: mapped(numbers, (v) => encodeFloats(Float64Array.of(v))),
    arrays: mapped(arrays, encodeFloats),
  }
}

/**
 * Decodes a memory with the names and lengths of `like`.
 *
 * @throws TypeError or RangeError when names or lengths differ, or a number is not finite.
 */
export function decodeMemory(saved: Saved, like: Memory, label: string): Memory {
  checkNames(saved.numbers, like.numbers, `${label}.numbers`)
  checkNames(saved.arrays, like.arrays, `${label}.arrays`)
  return {
    numbers: mapped(like.numbers, (_, key) => decode(saved.numbers[key], 1, `${label}.numbers.${key}`)[0]),
    arrays: mapped(like.arrays, (v, key) => decode(saved.arrays[key], v.length, `${label}.arrays.${key}`)),
  }
}

/** Refuses a memory that no learner on this domain can have after this number of rounds. */
export function checkMemory(
  { numbers, arrays }: Memory,
  meaning: Record<string, Meaning>,
  label: string,
  domain: Domain,
  round: number,
): void {
  const singles = mapped(numbers, (v) => Float64Array.of(v))
  for (const [kind, list] of Object.entries({ numbers: singles, arrays }))
    for (const [key, values] of Object.entries(list))
      checkMeaning(values, meaning[key], `${label}.${kind}.${key}`, domain, round)
}

function checkMeaning(
  values: Float64Array,
  meaning: Meaning | undefined,
  label: string,
  domain: Domain,
  round: number,
): void {
  if (typeof meaning === 'function') {
    const wanted = meaning(values, round)
    if (wanted !== undefined) refuse(label, wanted, 'other numbers')
  } else if (meaning === 'point') {
    const d = domain.dimension
    for (let at = 0; at < values.length; at += d)
      if (!domain.contains(values.subarray(at, at + d))) refuse(label, `in the ${domain.kind}`, 'a point outside')
  } else if (meaning === 'gradient') {
    const length = Math.sqrt(inner(values, values))
    if (!(length <= LONGEST * (1 + 1e-9))) refuse(label, `of length at most ${LONGEST}`, String(length))
  } else if (meaning !== undefined)
    values.forEach((v, i) => {
      if (v < 0 || (v === 0 && meaning === 'positive'))
        refuse(values.length === 1 ? label : `${label}[${i}]`, `a ${meaning} number`, show(v))
    })
}

/** Decodes `length` finite numbers. */
export function decode(text: unknown, length: number, label: string): Float64Array {
  const values = decodeFloats(text, Float64Array, length, label)
  values.forEach((v, i) => {
    if (!Number.isFinite(v)) refuse(`${label}[${i}]`, 'a finite number', show(v))
  })
  return values
}

/** Checks a saved count. */
export function checkCount(value: unknown, label: string): number {
  if (!(Number.isSafeInteger(value) && (value as number) >= 0)) refuse(label, 'a nonnegative integer', show(value))
  return value as number
}

function checkNames(given: unknown, like: object, label: string): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    refuse(label, 'an object', show(given), 'type')
  const [names, wanted] = [given, like].map((record) => Object.keys(record).sort().join(', '))
  if (names !== wanted) refuse(label, wanted || 'empty', names || 'none')
}

const mapped = <V, W>(record: Record<string, V>, change: (value: V, key: string) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
