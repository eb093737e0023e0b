import { type Random, refuse, show } from '@opt/core'

/** Checks that an argument is a list of true and false, or of 1 and 0. */
export function checkFlags(flags: ArrayLike<boolean | number>, label: string): void {
  if (!Array.isArray(flags) && !(ArrayBuffer.isView(flags) && 'length' in flags))
    refuse(label, 'a list of flags', show(flags), 'type')
  Array.from(flags as ArrayLike<unknown>).forEach((flag, j) => {
    if (typeof flag !== 'boolean' && flag !== 0 && flag !== 1)
      refuse(`${label}[${j}]`, 'true or false', show(flag), 'type')
  })
}

/**
 * Checks d flags, one for each feature, and returns the indices of the features that may be
 * perturbed (default all).
 */
export function checkPerturbed(
  flags: ArrayLike<boolean | number> | undefined,
  d: number,
  label = 'perturbed',
): Int32Array {
  const features = Int32Array.from({ length: d }, (_, j) => j)
  if (flags === undefined) return features
  checkFlags(flags, label)
  if (flags.length !== d) refuse(label, `of length ${d}, a flag for each feature`, `length ${flags.length}`)
  return features.filter((j) => Boolean(flags[j]))
}

/** Checks that every label is -1 or 1. */
export function checkLabels(y: Float64Array, label: string, user: string): void {
  for (const [k, v] of y.entries())
    if (v !== 1 && v !== -1)
      refuse(`${label}[${k}]`, `-1 or 1 for ${user}${v === 0 ? ' (map labels 0 and 1 by 2 y - 1)' : ''}`, String(v))
}

/** Checks that an argument is a random number generator. */
export function checkRandom(given: Random | undefined, label: string): Random {
  for (const method of ['uniform', 'normal', 'integer', 'permutation', 'choice', 'split'] as const)
    if (typeof given?.[method] !== 'function') refuse(label, 'given (see random of @opt/core)', show(given), 'type')
  return given as Random
}
