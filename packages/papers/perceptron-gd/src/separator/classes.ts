import { refuse, show, type VectorLike, vector } from '@opt/core'

/** A class label. */
export type Label = number | string

/** Labels of examples: numbers in anything that is a vector, or an array of strings. */
export type Labels<L extends Label> = L extends string ? readonly string[] : VectorLike

/** The distinct labels in ascending order, and the place of each example's label among them. */
export function classesOf<L extends Label>(labels: Labels<L>, n: number): { classes: L[]; indices: Int32Array } {
  const given = listOf<L>(labels, n)
  const classes = [...new Set<L>(given)].sort((a, b) => (a < b ? -1 : 1))
  if (classes.length < 2) refuse('labels', 'of at least two classes', `only ${show(classes[0])}`)
  const places = new Map(classes.map((label, k) => [label, k]))
  return { classes, indices: Int32Array.from(given, (label) => places.get(label)!) }
}

function listOf<L extends Label>(labels: Labels<L>, n: number): L[] {
  if (!(Array.isArray(labels) && typeof labels[0] === 'string'))
    return Array.from(vector(labels as VectorLike, 'labels', { length: n })) as L[]
  if (labels.length !== n) refuse('labels', `of length ${n}`, `length ${labels.length}`)
  for (let i = 0; i < n; i++)
    if (typeof labels[i] !== 'string') refuse(`labels[${i}]`, 'a string like the first', show(labels[i]), 'type')
  return labels as L[]
}
