import { refuse, show, type VectorLike, vector } from '@opt/core'

/** A class label. */
export type Label = number | string

/** Labels of n rows: numbers in anything that is a vector, or an array of strings. */
export type Labels<L extends Label> = L extends string ? readonly string[] : VectorLike

/** Rows by class. */
export interface Classes<L extends Label> {
  /** The distinct labels in ascending order. */
  classes: L[]
  /** The place of each row's label among them. */
  indices: Int32Array
}

/** Finds the classes of n labels (any number of labels when n is not given). */
export function classesOf<L extends Label>(labels: Labels<L>, n?: number): Classes<L> {
  const given = listOf<L>(labels, n)
  const classes = [...new Set<L>(given)].sort((a, b) => (a < b ? -1 : 1))
  const places = new Map(classes.map((label, k) => [label, k]))
  return { classes, indices: Int32Array.from(given, (label) => places.get(label)!) }
}

function listOf<L extends Label>(labels: Labels<L>, n: number | undefined): L[] {
  if (!(Array.isArray(labels) && typeof labels[0] === 'string'))
    // 0 and -0 are one label.
    return Array.from(vector(labels as VectorLike, 'y', { length: n }), (v) => v + 0) as L[]
  if (n !== undefined && labels.length !== n) refuse('y', `of length ${n}`, `length ${labels.length}`)
  for (let i = 0; i < labels.length; i++)
    if (typeof labels[i] !== 'string') refuse(`y[${i}]`, 'a string like the first', show(labels[i]), 'type')
  return labels as L[]
}

/** The place of the largest score of a row; the first of equals. */
export function largest(scores: Float64Array, from: number, count: number): number {
  let best = 0
  for (let k = 1; k < count; k++) if (scores[from + k] > scores[from + best]) best = k
  return best
}
