import { number, refuse, show } from '@opt/core'

/** Checks that a number lies strictly between 0 and 1. */
export function openUnit(value: unknown, label: string): number {
  number(value, label)
  if (!((value as number) > 0 && (value as number) < 1)) refuse(label, 'between 0 and 1, both excluded', show(value))
  return value as number
}

/** Checks that the squares of a factor's entries, and their sums, do not overflow. */
export function checkFactor(U: Float64Array, label: string): Float64Array {
  for (let i = 0; i < U.length; i++)
    if (Math.abs(U[i]) > 1e150) refuse(label, 'of entries up to 1e150 in size', show(U[i]))
  return U
}
