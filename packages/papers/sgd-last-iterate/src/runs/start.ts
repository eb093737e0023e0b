import { refuse, show, type VectorLike, vectorCopy } from '@opt/core'
import type { ConvexityMap } from '../geometry/maps.ts'
import { checkTerm, type Term, termValue } from '../geometry/terms.ts'

/**
 * Returns a copy of the first point.
 *
 * @throws RangeError or TypeError when it is no vector, h is infinite there, or on the simplex an entry is
 * 0 (it would stay 0) and zeros are not allowed.
 */
export function startAt(
  x0: VectorLike,
  map: ConvexityMap,
  term: Term | undefined,
  allowZeros: boolean,
  label: string,
): Float64Array {
  checkTerm(term, `${label.slice(0, -2)}term`)
  const x = vectorCopy(x0, label, {
    sign: map.name !== 'entropy' ? 'any' : allowZeros ? 'nonnegative' : 'positive',
  })
  if (map.name === 'entropy') {
    const total = x.reduce((sum, v) => sum + v, 0)
    if (!(Math.abs(total - 1) <= 1e-9)) refuse(label, 'a point of the simplex, of sum 1', `sum ${show(total)}`)
  }
  if (termValue(term, map, x) === Infinity)
    refuse(label, 'a point where the term is finite', 'one where it is infinite')
  return x
}
