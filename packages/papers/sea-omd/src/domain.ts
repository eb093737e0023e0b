import { refuse } from '@opt/core'
import type { ConvexSet } from '@opt/sets'
import { checkSet } from '@opt/sets/parts'

/** A closed, bounded, convex set that a learner plays in, such as a ball of @opt/sets. */
export type Domain = ConvexSet

/** Checks that an argument is a bounded convex set. */
export function checkDomain<D extends Domain>(domain: D, label: string): D {
  const { diameter, kind } = checkSet(domain, label)
  if (!(diameter < Infinity)) refuse(label, 'bounded', `an unbounded ${kind}`)
  return domain
}

/** Refuses a domain without metric projections. */
export function checkHasMetric({ kind }: Domain, label: string): void {
  if (kind === 'product' || kind === 'l1Ball') refuse(label, 'a ball, box or simplex', `a ${kind}`)
}
