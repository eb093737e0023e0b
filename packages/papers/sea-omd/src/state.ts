import { refuse, show } from '@opt/core'

/** What {@link Learner.state} saves: plain JSON, exact to the bit (numbers are base64 of their little-endian float64 bytes). */
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

/** A multiple of 3, so that the pieces' base64 joins. */
const PIECE = 24576

/** Base64 of numbers. */
export function encode(values: Float64Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE) text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)))
  return text
}

/** So many numbers out of base64, all finite. */
export function decode(text: unknown, length: number, label: string): Float64Array {
  let binary: string | undefined
  try {
    binary = typeof text === 'string' ? atob(text) : undefined
  } catch {
    // Not base64: refused below.
  }
  if (binary?.length !== 8 * length)
    refuse(label, `base64 of ${length} numbers`, binary === undefined ? show(text) : `${binary.length} bytes`)
  const values = new Float64Array(Uint8Array.from(binary, (c) => c.charCodeAt(0)).buffer)
  values.forEach((v, i) => {
    if (!Number.isFinite(v)) refuse(`${label}[${i}]`, 'a finite number', show(v))
  })
  return values
}

/** Checks that a saved record has exactly these names. */
export function checkNames(given: unknown, names: string[], label: string): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    refuse(label, 'an object', show(given), 'type')
  const has = Object.keys(given).sort()
  if (String(has) !== String(names.slice().sort())) refuse(label, names.join(', ') || 'empty', has.join(', ') || 'none')
}

/** Checks a saved count. */
export function count(value: unknown, label: string): number {
  if (!(Number.isSafeInteger(value) && (value as number) >= 0)) refuse(label, 'a nonnegative integer', show(value))
  return value as number
}
