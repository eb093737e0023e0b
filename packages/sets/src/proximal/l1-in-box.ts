import { type Box, checkBounds } from '../sets/box.ts'
import { soften } from './norms.ts'
import { type ProximalTerm, term, weightOf } from './term.ts'

/** {@link l1NormInBox} with its parts. */
export interface L1NormInBox extends ProximalTerm {
  readonly kind: 'l1NormInBox'
  readonly weight: number
  readonly box: Box
}

/**
 * weight sum |x_i| on a box and Infinity outside; its proximal operator is soft thresholding
 * followed by clipping. Points that the box contains within its default tolerance count as inside.
 *
 * @throws RangeError or TypeError when the weight is negative or the box is none.
 */
export function l1NormInBox(weight: number, box: Box): L1NormInBox {
  weightOf(weight, 'l1NormInBox')
  checkBounds(box, 'l1NormInBox: box')
  const sum = term('l1NormInBox', {
    dimension: box.dimension,
    value: (x) => (box.contains(x) ? x.reduce((total, v) => total + weight * Math.abs(v), 0) : Infinity),
    proxInPlace(x, step) {
      for (let i = 0; i < x.length; i++) x[i] = soften(x[i], step * weight)
      box.projectInPlace(x)
    },
  })
  return { ...sum, kind: 'l1NormInBox', weight, box }
}
