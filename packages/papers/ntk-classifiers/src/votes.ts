import { calling, classesOf, type Label, type Labels, type Matrix, type MatrixLike, matrix, number } from '@opt/core'
import ndarray from 'ndarray'
import { type Classifier, classifier } from './classify/model.ts'
import { hilbertVote, nearestVote, type Rule, weightedVote } from './classify/rules.ts'

/**
 * Makes the Hilbert estimate: each of n rows votes with weight |x - x_i|^-d; d is the dimension of the data, and there
 * is nothing to tune. Consistent for every distribution with a density (Devroye, Gyorfi and Krzyzak 1998). A test row
 * that equals training rows gets their votes only.
 *
 * @param X n x p, any rows.
 * @param y n labels.
 * @param d positive, at most 1e4.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function hilbertEstimate<L extends Label>(X: MatrixLike, y: Labels<L>, d: number): Classifier<L> {
  return calling('hilbertEstimate', () => {
    number(d, 'd', { positive: true, max: 1e4 })
    return voting('hilbertEstimate', X, y, (indices) => hilbertVote(indices, d))
  })
}

/**
 * Makes the 1-nearest-neighbour classifier; training rows at the same distance vote.
 *
 * @param X n x p, any rows.
 * @param y n labels.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function nearestNeighbor<L extends Label>(X: MatrixLike, y: Labels<L>): Classifier<L> {
  return calling('nearestNeighbor', () => voting('nearestNeighbor', X, y, nearestVote))
}

/**
 * Makes the classifier that gives every row the most frequent label; of equally frequent ones the first.
 *
 * @param y n labels.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function majorityVote<L extends Label>(y: Labels<L>): Classifier<L> {
  return calling('majorityVote', () => {
    const { classes, indices } = classesOf<L>(y, 'y')
    const nowhere = (rows: number): Matrix => ndarray(new Float64Array(rows), [rows, 1])
    const rule = weightedVote(indices, () => 0)
    return classifier('majorityVote', classes, rule, nowhere(indices.length), (X) => nowhere(matrix(X, 'X').shape[0]))
  })
}

function voting<L extends Label>(
  name: string,
  X: MatrixLike,
  y: Labels<L>,
  ruleOf: (indices: Int32Array) => Rule,
): Classifier<L> {
  const [rows, scale] = scaled(matrix(X, 'X'), 0)
  const { classes, indices } = classesOf<L>(y, 'y', { length: rows.shape[0] })
  const columns = rows.shape[1]
  return classifier(name, classes, ruleOf(indices), rows, (Z) => scaled(matrix(Z, 'X', { columns }), scale)[0])
}

/** A copy over its largest entry, or over a given number, so that squared distances neither overflow nor vanish. */
function scaled(X: Matrix, given: number): [rows: Matrix, scale: number] {
  let scale = given
  if (scale === 0) for (const v of X.data) scale = Math.max(scale, Math.abs(v))
  return [
    ndarray(
      X.data.map((v) => (scale > 0 ? v / scale : v)),
      X.shape,
    ),
    scale,
  ]
}
