import { calling, type Label, type Matrix, type MatrixLike, refuse } from '@opt/core'
import ndarray from 'ndarray'
import { halfSquaredDistances } from '../sphere.ts'
import type { Rule } from './rules.ts'

/** A fitted classifier. */
export interface Classifier<L extends Label = Label> {
  /** The labels in ascending order. */
  readonly classes: L[]
  /** Returns m x classes scores. */
  scores(X: MatrixLike): Matrix
  /** Returns m labels, those of the largest scores; of equal scores the first class. */
  predict(X: MatrixLike): L[]
}

/** Scores m rows by a rule. `intake` checks the rows. */
export function scoreRows(
  rule: Rule,
  training: Matrix,
  rows: Matrix,
  classes: number,
  refuseNegative: boolean,
): Matrix {
  const m = rows.shape[0]
  const delta = new Float64Array(training.shape[0])
  const out = new Float64Array(m * classes)
  for (let r = 0; r < m; r++) {
    halfSquaredDistances(rows, r, training, delta)
    if (refuseNegative) clampNegative(delta, `X[${r}]`, 'a training row')
    rule.scores(delta, out.subarray(r * classes, (r + 1) * classes))
  }
  return ndarray(out, [m, classes])
}

/** x.x' = -1e-12 counts as 0; below, the limits do not hold. */
export function clampNegative(delta: Float64Array, label: string, other: string): void {
  for (let i = 0; i < delta.length; i++)
    if (delta[i] > 1) {
      if (delta[i] > 1 + 1e-12)
        refuse(
          label,
          `at most at right angles to ${other} with depth Infinity (see toSphere)`,
          `x.x' = ${Number((1 - delta[i]).toPrecision(6))}`,
        )
      delta[i] = 1
    }
}

/** Makes a classifier of a rule on rows that need not lie on a sphere. */
export function classifier<L extends Label>(
  name: string,
  classes: L[],
  rule: Rule,
  training: Matrix,
  intake: (X: MatrixLike) => Matrix,
): Classifier<L> {
  const scores = (X: MatrixLike) => scoreRows(rule, training, intake(X), classes.length, false)
  return {
    classes,
    scores: (X) => calling(`${name}.scores`, () => scores(X)),
    predict: (X) => calling(`${name}.predict`, () => labelsOf(scores(X), classes)),
  }
}

/** The label of the largest score of each row. */
export const labelsOf = <L>(scores: Matrix, classes: readonly L[]): L[] =>
  Array.from({ length: scores.shape[0] }, (_, r) => classes[largest(scores.data, r * classes.length, classes.length)])

/** The place of the largest score of a row; the first of equals. */
function largest(scores: Float64Array, from: number, count: number): number {
  let best = 0
  for (let k = 1; k < count; k++) if (scores[from + k] > scores[from + best]) best = k
  return best
}
