import { type ConvexSet, checkSet } from '../sets/convex-set.ts'
import { type ProximalTerm, term } from './term.ts'

/**
 * 0 on a set and Infinity outside; its proximal operator is the projection, whatever the step.
 * Points that the set contains within its default tolerance count as inside.
 *
 * @throws TypeError when the set is none.
 */
export function indicator(set: ConvexSet): ProximalTerm {
  const { dimension } = checkSet(set, 'indicator: set')
  return term('indicator', {
    dimension,
    value: (x) => (set.contains(x) ? 0 : Infinity),
    proxInPlace: (x) => set.projectInPlace(x),
  })
}
