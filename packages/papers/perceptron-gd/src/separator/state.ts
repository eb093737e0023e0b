import {
  boolean,
  decodeFloats,
  encodeFloats,
  type Label,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  show,
} from '@opt/core'
import type { FittedPlane } from './fit-plane.ts'

/** What a fitted separator consists of. */
export interface Model<L extends Label> {
  classes: L[]
  features: number
  intercept: boolean
  planes: FittedPlane[]
}

/** A saved plane. */
export interface PlaneState extends Pick<FittedPlane, 'status' | 'misclassified' | 'iterations'> {
  theta: string
  /** intercept, marginLower, marginUpper, violation */
  numbers: string
}

/** A saved separator, plain JSON; arrays are base64 of their little-endian float64 bytes. */
export interface SeparatorState<L extends Label = Label> extends Omit<Model<L>, 'planes'> {
  planes: PlaneState[]
}

/** Saves a model. */
export function stateOf<L extends Label>({ classes, planes, ...rest }: Model<L>): SeparatorState<L> {
  return {
    ...rest,
    classes: [...classes],
    planes: planes.map(({ status, misclassified, iterations, theta, ...plane }) => ({
      status,
      misclassified,
      iterations,
      theta: encodeFloats(theta),
      numbers: encodeFloats(Float64Array.of(plane.intercept, plane.marginLower, plane.marginUpper, plane.violation)),
    })),
  }
}

/** Checks and decodes a saved model. */
export function modelOf<L extends Label>(state: SeparatorState<L>, label: string): Model<L> {
  const { classes, features, intercept, planes } = optionsOf(state, label)
  boolean(intercept, `${label}.intercept`)
  number(features, `${label}.features`, { integer: true, min: 1 })
  checkClasses(classes, `${label}.classes`)
  if (!Array.isArray(planes)) refuse(`${label}.planes`, 'an array', show(planes), 'type')
  const count = classes.length === 2 ? 1 : classes.length
  if (planes.length !== count) refuse(`${label}.planes`, `of length ${count}`, `length ${planes.length}`)
  return {
    classes: [...classes],
    features,
    intercept,
    planes: planes.map((plane, k) => planeOf(plane, features, `${label}.planes[${k}]`)),
  }
}

function checkClasses(classes: Label[], label: string): void {
  if (!Array.isArray(classes) || classes.length < 2)
    refuse(label, 'an array of at least two labels', show(classes), 'type')
  const kind = typeof classes[0] === 'string' ? 'string' : 'number'
  for (let k = 0; k < classes.length; k++) {
    if (kind === 'number') number(classes[k], `${label}[${k}]`)
    if (typeof classes[k] !== kind) refuse(`${label}[${k}]`, 'a string like the first', show(classes[k]), 'type')
    if (k > 0 && !(classes[k - 1] < classes[k])) refuse(`${label}[${k}]`, 'above the label before', show(classes[k]))
  }
}

function planeOf(state: PlaneState, features: number, label: string): FittedPlane {
  const { status, misclassified, iterations, theta, numbers } = optionsOf(state, label)
  const w = decodeFloats(theta, Float64Array, features, `${label}.theta`)
  const values = decodeFloats(numbers, Float64Array, 4, `${label}.numbers`)
  if (!w.every(Number.isFinite)) refuse(`${label}.theta`, 'finite numbers', 'others')
  if (!values.every(Number.isFinite)) refuse(`${label}.numbers`, 'finite numbers', 'others')
  const [intercept, marginLower, marginUpper, violation] = values
  return {
    theta: w,
    intercept,
    status: oneOf(status, `${label}.status`, ['separated', 'inseparable', 'undecided']),
    misclassified: number(misclassified, `${label}.misclassified`, { integer: true, min: 0 }),
    violation: number(violation, `${label}.violation`, { nonnegative: true }),
    iterations: number(iterations, `${label}.iterations`, { integer: true, min: 0 }),
    marginLower,
    marginUpper,
  }
}
