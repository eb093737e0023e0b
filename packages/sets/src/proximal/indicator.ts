import { type ConvexSet, checkSet } from '../sets/convex-set.ts'
import { type ProximalTerm, term } from './term.ts'

/** The {@link indicator} of a set. */
export interface Indicator extends ProximalTerm {
  readonly kind: 'indicator'
  readonly set: ConvexSet
}

/**
 * 0 on a set and Infinity outside; its proximal operator is the projection, whatever the step.
 * Points that the set contains within its default tolerance count as inside.
 *
 * @throws TypeError when the set is none.
 */
export function indicator(set: ConvexSet): Indicator {
  const { dimension } = checkSet(set, 'indicator: set')
  return {
    ...term('indicator', {
      dimension,
      value: (x) => (set.contains(x) ? 0 : Infinity),
      proxInPlace: (x) => set.projectInPlace(x),
    }),
    kind: 'indicator',
    set,
  }
}
