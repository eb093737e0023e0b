import { assignment, type Matrix, type MatrixLike, options as optionsOf } from '@opt/core'
import type { Cost } from './costs/cost.ts'
import { sqEuclidean } from './costs/radial.ts'
import { costMatrix, pairsOf } from './measures.ts'

/** Answer of {@link exactMongeGap}. */
export interface ExactMongeGap {
  /** The Monge gap, at least 0; 0 where no exchange of images makes the map cheaper. */
  gap: number
  /** (1/n) sum_j c(x_j, y_j), what the map pays. */
  displacement: number
  /** The least (1/n) sum_j c(x_j, y_s(j)) over all permutations s. */
  transport: number
  /** s(j): whose image x_j should have. */
  best: Int32Array
}

/**
 * Computes the Monge gap of a map on uniform weights exactly, by linear assignment, in O(n^3) time and O(n^2) memory:
 * for evaluation, up to a few thousand points.
 *
 * @param x n x d points.
 * @param y their images, n x d.
 * @throws TypeError or RangeError naming the argument that is wrong, and for costs that are not finite.
 */
export function exactMongeGap(
  givenX: MatrixLike,
  givenY: MatrixLike,
  options: { cost?: Cost | undefined } = {},
): ExactMongeGap {
  const { cost = sqEuclidean() } = optionsOf(options, 'exactMongeGap: options', ['cost'])
  const { x, y } = pairsOf(givenX, givenY, cost, undefined, 'exactMongeGap: ')
  const C = costMatrix(cost, x, y, 'exactMongeGap: x and y')
  return exactGapOf(C, x.count)
}

/** The exact gap of n points and images with these costs. */
export function exactGapOf(C: Matrix, n: number): ExactMongeGap {
  const { columns } = assignment(C, { history: false })
  let [displacement, transport, gap] = [0, 0, 0]
  for (let j = 0; j < n; j++) {
    const own = C.data[j * n + j] / n
    const other = C.data[j * n + columns[j]] / n
    displacement += own
    transport += other
    gap += own - other
  }
  return { gap: Math.max(0, gap), displacement, transport, best: columns }
}
