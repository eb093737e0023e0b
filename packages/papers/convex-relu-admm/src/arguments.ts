import { number, type Random, refuse, show } from '@opt/core'

/** Checks that an argument is a list of true and false, or 1 and 0. */
export function takeFlags(flags: ArrayLike<boolean | number>, label: string): void {
  if (!Array.isArray(flags) && !(ArrayBuffer.isView(flags) && 'length' in flags))
    refuse(label, 'a list of flags', show(flags), 'type')
  Array.from(flags as ArrayLike<unknown>).forEach((flag, j) => {
    if (typeof flag !== 'boolean' && flag !== 0 && flag !== 1)
      refuse(`${label}[${j}]`, 'true or false', show(flag), 'type')
  })
}

/** Checks that an argument is a generator. */
export function takeRandom(given: Random | undefined, label: string): Random {
  for (const method of ['uniform', 'normal', 'integer', 'permutation', 'choice', 'split'] as const)
    if (typeof given?.[method] !== 'function') refuse(label, 'given (see random of @opt/core)', show(given), 'type')
  return given as Random
}

/** The program of more would not fit into memory. */
const MOST_PATTERNS = 100_000

/** Checks how many patterns are wanted. */
export function takeCount(value: unknown, label: string): number {
  number(value, label, { integer: true, min: 1 })
  return number(value, label, { max: MOST_PATTERNS })
}
