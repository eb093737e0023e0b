export const WHICH = ['largest', 'smallest', 'both', 'magnitude'] as const

/** An end of the spectrum. */
export type Which = (typeof WHICH)[number]

/** Returns the places of ascending values, the most wanted first; 'both' begins at the upper end and takes turns. */
export function wanted(values: Float64Array, which: Which): number[] {
  const upwards = Array.from(values, (_, i) => i)
  const downwards = upwards.toReversed()
  if (which === 'smallest') return upwards
  if (which === 'largest') return downwards
  if (which === 'magnitude') return downwards.sort((i, j) => Math.abs(values[j]) - Math.abs(values[i]))
  return upwards.map((_, i) => (i % 2 === 0 ? downwards : upwards)[Math.floor(i / 2)])
}
