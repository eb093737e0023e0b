import { decodeFloats, encodeFloats, options as optionsOf, refuse, vector } from '@opt/core'
import type { SavedArrays, ScaledProblem } from './problem.ts'

/** A saved run, plain JSON: arrays are base64 of their little-endian float64 bytes. */
export interface AttentionSVMState {
  arrays: Record<string, string>
}

/** Encodes the arrays of a method. */
export function writeState(arrays: SavedArrays): AttentionSVMState {
  return { arrays: Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, encodeFloats(values)])) }
}

/** Decodes the arrays that the method of a problem saves. */
export function readState(
  given: AttentionSVMState,
  { norm, scaled }: { norm: 'frobenius' | 'nuclear'; scaled: ScaledProblem },
): SavedArrays {
  const arrays = optionsOf(optionsOf(given, 'resume').arrays, 'resume.arrays')
  const read: SavedArrays = {}
  for (const [name, length] of Object.entries(lengths(norm, scaled.rows))) {
    const label = `resume.arrays.${name}`
    read[name] = vector(decodeFloats(arrays[name], Float64Array, length, label), label)
  }
  if (read.numbers && !(read.numbers[0] > 0)) refuse('resume.arrays.numbers', 'those of a saved run', 'others')
  return read
}

function lengths(norm: string, { m, p, q }: ScaledProblem['rows']): Record<string, number> {
  if (norm === 'frobenius') return { dual: m, W: p * q }
  const square = Math.min(p, q) * Math.min(p, q)
  return {
    V: p * q,
    U: p * q,
    s: m,
    y: m,
    vectors: square,
    numbers: 2,
    best: p * q,
    dual: m,
    bounds: 3,
    below: square,
    above: square,
  }
}
