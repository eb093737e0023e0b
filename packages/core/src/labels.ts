import { type VectorLike, vector } from './arrays.ts'
import { refuse, show } from './errors.ts'

/** A class label. */
export type Label = number | string

/** Labels of examples: numbers in anything that is a vector, or an array of strings. */
export type Labels<L extends Label = Label> = L extends string ? readonly string[] : VectorLike

/**
 * Returns the distinct labels in ascending order, and the place of each label among them.
 *
 * @param label the name of the argument, for messages.
 * @param length how many labels there must be; default: any number.
 * @throws TypeError or RangeError when the labels are neither all finite numbers nor all strings, or their number is
 *   another.
 */
export function classesOf<L extends Label>(
  labels: Labels<L>,
  label: string,
  { length }: { length?: number | undefined } = {},
): { classes: L[]; indices: Int32Array } {
  const given = labelsCopy<L>(labels, label, { length })
  const classes = [...new Set<L>(given)].sort((a, b) => (a < b ? -1 : 1))
  const places = new Map(classes.map((one, k) => [one, k]))
  return { classes, indices: Int32Array.from(given, (one) => places.get(one)!) }
}

/** Copies labels into an array, where -0 is 0. Arguments and errors are those of {@link classesOf}. */
export function labelsCopy<L extends Label>(
  labels: Labels<L>,
  label: string,
  { length }: { length?: number | undefined } = {},
): L[] {
  if (!(Array.isArray(labels) && typeof labels[0] === 'string'))
    return Array.from(vector(labels as VectorLike, label, { length }), (value) => value + 0) as L[]
  if (length !== undefined && labels.length !== length) refuse(label, `of length ${length}`, `length ${labels.length}`)
  for (let i = 0; i < labels.length; i++)
    if (typeof labels[i] !== 'string') refuse(`${label}[${i}]`, 'a string like the first', show(labels[i]), 'type')
  return labels.slice() as L[]
}
