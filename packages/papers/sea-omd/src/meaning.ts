import { refuse, show } from '@opt/core'
import type { Domain } from './domains/domain.ts'
import { inner } from './linear/vectors.ts'

/**
 * What saved numbers are: a point of the domain (or several, one after the other), a gradient that a learner takes, numbers of a sign,
 * or what a function finds wrong with them (undefined: nothing).
 */
export type Meaning =
  | 'point'
  | 'gradient'
  | 'nonnegative'
  | 'positive'
  | ((values: Float64Array, round: number) => string | undefined)

/** A metric made of longer gradients would overflow in a projection. */
export const LONGEST = 1e60
export const SHORTEST = 1e-60

/** Refuses saved numbers that no learner on this domain can have had. */
export function checkMeaning(
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
