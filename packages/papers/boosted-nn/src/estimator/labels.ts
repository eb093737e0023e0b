import { classesOf, type Label, type Labels, type MatrixLike, refuse, show, type VectorLike } from '@opt/core'
import { standardize } from '@opt/datasets'
import type { LossName } from '../losses.ts'
import { checkTargets, hasRows } from '../targets.ts'

/** What a table's rows are to be predicted as: numbers, rows of several, or labels of classes. */
export type TableTargets = VectorLike | MatrixLike | readonly Label[]

/** The targets of a table, as the losses take them. */
export interface PreparedTargets {
  /** n x k */
  y: Float64Array
  k: number
  /** The labels, ascending; null for the squared loss. */
  classes: Label[] | null
  /** The place of each row's label among them. */
  places: Int32Array | null
  /** What was subtracted from and divided into the targets of the squared loss: k numbers each. */
  mean: Float64Array
  scale: Float64Array
}

/**
 * Codes labels for a loss, or standardises numbers.
 *
 * @param known the labels of a fitted model.
 */
export function prepareTargets(loss: LossName, given: TableTargets, n: number): PreparedTargets {
  if (loss === 'squared') {
    if (typeof (given as unknown[])?.[0] === 'string')
      refuse('y', `numbers; for labels of classes take loss 'logistic' or 'softmax'`, 'texts', 'type')
    const { y, k } = checkTargets(loss, given as VectorLike | MatrixLike, 'y', { n })
    const rows = Array.from({ length: n }, (_, i) => y.subarray(i * k, (i + 1) * k))
    const { features, mean, scale } = standardize(rows)
    return { y: features.data, k, classes: null, places: null, mean, scale }
  }
  if (hasRows(given)) refuse('y', 'a vector of labels', 'rows', 'type')
  const { classes, indices: places } = classesOf(given as Labels, 'y', { length: n })
  if (classes.length < 2) refuse('y', 'of at least two classes', `only ${show(classes[0])}`)
  if (loss === 'logistic') {
    if (classes.length > 2) refuse('y', `of two classes (more: loss 'softmax')`, `${classes.length}`)
    return { y: Float64Array.from(places, (p) => 2 * p - 1), k: 1, classes, places, ...unscaled(1) }
  }
  const k = classes.length
  const y = new Float64Array(n * k)
  places.forEach((p, i) => (y[i * k + p] = 1))
  return { y, k, classes, places, ...unscaled(k) }
}

const unscaled = (k: number) => ({ mean: new Float64Array(k), scale: new Float64Array(k).fill(1) })

/** The places of labels among the classes. */
export function placesOf(list: Label[], classes: Label[], label: string): Int32Array {
  const places = new Map(classes.map((c, p) => [c, p]))
  return Int32Array.from(
    list,
    (c, i) => places.get(c) ?? refuse(`${label}[${i}]`, 'a label that was trained on', show(c)),
  )
}
