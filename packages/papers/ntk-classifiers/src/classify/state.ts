import {
  classesOf,
  type Label,
  type Labels,
  type Matrix,
  number,
  options as optionsOf,
  refuse,
  show,
  vectorCopy,
} from '@opt/core'
import ndarray from 'ndarray'
import type { Activation, ActivationState } from '../activation/activation.ts'
import { activation } from '../activation/make.ts'
import { unitRows } from '../sphere.ts'

/** A fitted classifier as plain JSON. */
export interface ClassifierState<L extends Label = Label> {
  activation: ActivationState
  /** null for infinite depth. */
  depth: number | null
  ridge: number
  /** In ascending order. */
  classes: L[]
  /** The class of each training row, by its place in `classes`. */
  indices: number[]
  columns: number
  /** The training rows, one after the other. */
  rows: number[]
  /** Solution of the kernel system, where there is one. */
  coefficients: number[] | null
}

/** What {@link ClassifierState} says, checked. */
export function modelOf<L extends Label>(
  given: ClassifierState<L>,
): {
  activation: Activation
  depth: number
  ridge: number
  classes: L[]
  indices: Int32Array
  rows: Matrix
  coefficients: Float64Array | undefined
} {
  const state = optionsOf(given, 'state')
  const label = (name: string) => `state.${name}`
  const columns = number(state.columns, label('columns'), { integer: true, min: 1 })
  const flat = vectorCopy(state.rows, label('rows'))
  const n = flat.length / columns
  if (!Number.isInteger(n))
    refuse(label('rows'), `of a length that is a multiple of ${columns}`, `length ${flat.length}`)
  const rows = ndarray(flat, [n, columns])
  unitRows(rows, label('rows'))
  if (!Array.isArray(state.classes)) refuse(label('classes'), 'an array of labels', show(state.classes), 'type')
  const { classes } = classesOf<L>(state.classes as unknown as Labels<L>, label('classes'))
  if (classes.length !== state.classes.length || classes.some((one, k) => one !== state.classes[k]))
    refuse(label('classes'), 'distinct labels in ascending order', show(state.classes))
  const indices = Int32Array.from(vectorCopy(state.indices, label('indices'), { length: n }), (index, i) =>
    number(index, label(`indices[${i}]`), { integer: true, min: 0, max: classes.length - 1 }),
  )
  const solved = state.coefficients
  return {
    activation: activation(optionsOf(state.activation, label('activation'))),
    depth: state.depth === null ? Infinity : number(state.depth, label('depth'), { integer: true, min: 0, max: 1e6 }),
    ridge: number(state.ridge, label('ridge'), { nonnegative: true, max: 1e100 }),
    classes,
    indices,
    rows,
    coefficients: solved === null ? undefined : vectorCopy(solved, label('coefficients')),
  }
}
