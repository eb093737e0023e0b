import {
  allocate,
  type MatrixLike,
  matrix,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { type ConvexityMap, checkMap, euclidean } from '../geometry/maps.ts'
import { stepKernels } from '../kernels.ts'
import type { Subgradient } from '../runs/problem.ts'

/** Options of {@link maxAffine}. */
export interface MaxAffineOptions {
  /** One number a row. Default zeros. */
  offsets?: VectorLike | undefined
  /** The map in whose norms M is meant. Default euclidean(). */
  map?: ConvexityMap | undefined
}

/** The largest of some affine functions, with the constants of the theory. */
export interface MaxAffine {
  readonly dimension: number
  subgradient: Subgradient
  objective(x: Float64Array): number
  readonly L: number
  /** Twice the largest dual norm of a row. */
  readonly M: number
}

/**
 * Returns f(x) = max_j <A_j, x> + offsets_j; its subgradient is the first row that attains the maximum. With
 * entropy() it is what one loses in the matrix game A by playing x, against the best answer.
 *
 * @param A one affine function a row; copied.
 * @throws RangeError or TypeError when an argument is wrong.
 */
export function maxAffine(A: MatrixLike, options: MaxAffineOptions = {}): MaxAffine {
  const { offsets, map = euclidean() } = optionsOf(options, 'maxAffine: options', ['offsets', 'map'])
  checkMap(map, 'maxAffine: map')
  const rows = matrix(A, 'maxAffine: A')
  const [n, d] = rows.shape
  const added = offsets === undefined ? new Float64Array(n) : vectorCopy(offsets, 'maxAffine: offsets', { length: n })
  const { data, point, values, kernels } = allocate([stepKernels], (views) => ({
    data: views.matrix(n, d),
    point: views.f64(d),
    values: views.f64(n),
  }))
  const functions = Array.from({ length: n }, (_, j) => {
    const row = data.data.subarray(j * data.stride, j * data.stride + d)
    row.set(rows.data.subarray(j * d, (j + 1) * d))
    return row
  })
  /** The first index of the maximum, whose value is then in `values`. */
  const active = (x: Float64Array) => {
    point.set(x)
    kernels.gemv(data, point, values)
    let best = 0
    for (let j = 0; j < n; j++) {
      values[j] += added[j]
      if (values[j] > values[best]) best = j
    }
    return best
  }
  const M = 2 * functions.reduce((most, row) => Math.max(most, map.dualNormOf(row)), 0)
  if (!(M < Infinity)) refuse('maxAffine: A', 'such that M is finite', show(M))
  return {
    dimension: d,
    subgradient: (x, out) => {
      out.set(functions[active(x)])
    },
    objective: (x) => values[active(x)],
    L: 0,
    M,
  }
}
