import { decodeFloats, encodeFloats, number, refuse, show } from '@opt/core'

/** Arrays by name, in their saved form: base64 of little-endian float64. */
export type SavedArrays = Record<string, string>

/** Encodes arrays for JSON, exact to the bit. */
export const saveArrays = (arrays: Record<string, Float64Array>): SavedArrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, encodeFloats(values)]))

/**
 * Fills `into` with saved arrays of the same names and lengths, after all of them have been checked.
 *
 * @throws TypeError or RangeError when names or lengths differ, or a number is not finite.
 */
export function loadArrays(saved: unknown, into: Record<string, Float64Array>, label: string): void {
  if (typeof saved !== 'object' || saved === null || Array.isArray(saved))
    refuse(label, 'what was saved', show(saved), 'type')
  const [names, wanted] = [saved, into].map((record) => Object.keys(record).sort().join(', '))
  if (names !== wanted) refuse(label, `arrays ${wanted}`, names || 'none')
  const decoded = Object.entries(into).map(([name, values]) => {
    const place = `${label}.${name}`
    const numbers = decodeFloats((saved as SavedArrays)[name], Float64Array, values.length, place)
    numbers.forEach((v, i) => {
      if (!Number.isFinite(v)) refuse(`${place}[${i}]`, 'a finite number', show(v))
    })
    return [values, numbers]
  })
  for (const [values, numbers] of decoded) values.set(numbers)
}

/** Checks a saved number of steps, up to T. */
export const loadStep = (step: unknown, most: number, label: string): number =>
  number(step, `${label}.step`, { integer: true, min: 0, max: most })
