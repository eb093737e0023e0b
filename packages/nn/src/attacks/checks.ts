import { boolean, type MatrixLike, matrix, number, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import { checkFinite, checkLength, flatRows, type Inputs } from '../data/intake.ts'
import type { PgdOptions } from './attacks.ts'
import { type SignSteps, signWorkspace } from './steps.ts'

/**
 * Returns the gradient of each example's own loss in its inputs, flat, examples x inputs. It is called with all
 * examples, flat, and must not change them.
 */
export type InputGradient<T> = (inputs: Float64Array, targets: T) => ArrayLike<number>

/** What can be attacked: a network of this package, or any object with the gradient of a loss in the inputs. */
export interface Attackable<T> {
  inputGradient(inputs: Float64Array, targets: T): ArrayLike<number>
  /** The number of units per layer, of which the first is that of the inputs; a flat array of inputs needs it. */
  readonly sizes?: readonly number[]
}

/** Options of the attacks. */
export interface AttackOptions {
  /** The radius of the ball around each input that the attack stays in. */
  epsilon: number
  /** The norm of the ball: 'linf' (default) or 'l2'. */
  norm?: 'linf' | 'l2' | undefined
  /** Whether the loss of the targets is to fall instead of rise (default false). */
  targeted?: boolean | undefined
  /** The smallest valid inputs: one number, or one per feature (default -Infinity). */
  lower?: number | ArrayLike<number> | undefined
  /** The largest valid inputs: one number, or one per feature (default Infinity). */
  upper?: number | ArrayLike<number> | undefined
  /** One flag per feature: whether it may be perturbed (default all). */
  perturbed?: ArrayLike<boolean | number> | undefined
}

/** The names of the options of fgsm and pgd, for a function that hands them on: one object serves both. */
export const ATTACK_OPTIONS: readonly (keyof PgdOptions)[] = [
  'epsilon',
  'norm',
  'targeted',
  'lower',
  'upper',
  'perturbed',
  'steps',
  'stepSize',
  'random',
  'start',
]

/** Checks a radius or the length of a step. */
export function checkDistance(value: unknown, label: string): number {
  const distance = number(value, label, { nonnegative: true })
  // Points stay finite.
  if (distance > 1e300) refuse(label, 'at most 1e300', show(distance))
  return distance
}

/** A checked attack. */
export interface Attack<T> {
  readonly name: string
  readonly gradient: InputGradient<T>
  readonly rows: number
  readonly columns: number
  /** The inputs, rows x columns: the centres of the balls. */
  readonly centers: Float64Array
  readonly epsilon: number
  readonly norm: 'linf' | 'l2'
  /** 1 if the loss is to rise, -1 if it is to fall. */
  readonly sign: 1 | -1
  readonly lower: Float64Array
  readonly upper: Float64Array
  /** The indices of the features that may be perturbed. */
  readonly features: Int32Array
  /** The memory of the kernel; null where it does not fit the attack. */
  signs: SignSteps | null
}

export function checkAttack<T>(
  name: string,
  model: Attackable<T> | InputGradient<T>,
  inputs: Inputs,
  options: AttackOptions,
): Attack<T> {
  const bare = typeof model === 'function'
  if (!bare && typeof model?.inputGradient !== 'function')
    refuse(`${name}: model`, 'a network, an object with inputGradient or a function', show(model), 'type')
  const gradient: InputGradient<T> = bare ? model : (x, y) => model.inputGradient(x, y)
  const { rows, columns, data } = rowsOf(inputs, bare ? undefined : model.sizes?.[0], `${name}: inputs`)
  const given = optionsOf<PgdOptions>(options, `${name}: options`, ATTACK_OPTIONS)
  const { epsilon, norm = 'linf', targeted = false, lower, upper, perturbed } = given
  const attack: Attack<T> = {
    name,
    gradient,
    rows,
    columns,
    centers: Float64Array.from(data),
    epsilon: checkDistance(epsilon, `${name}: epsilon`),
    norm: oneOf(norm, `${name}: norm`, ['linf', 'l2']),
    sign: boolean(targeted, `${name}: targeted`) ? -1 : 1,
    lower: bounds(lower, -Infinity, columns, `${name}: lower`),
    upper: bounds(upper, Infinity, columns, `${name}: upper`),
    features: flagged(perturbed, columns, `${name}: perturbed`),
    signs: null,
  }
  checkBox(attack)
  if (attack.norm === 'linf' && attack.features.length === columns) attack.signs = signWorkspace(attack)
  return attack
}

/** Reads finite rows, of `units` numbers if that is known. */
function rowsOf(inputs: Inputs, units: number | undefined, label: string) {
  if (units === undefined) {
    const { data, shape } = matrix(inputs as MatrixLike, label)
    return { rows: shape[0], columns: shape[1], data }
  }
  const data = flatRows(inputs, units, label)
  checkFinite(data, units, 'float64', label)
  return { rows: data.length / units, columns: units, data }
}

/** Returns one bound per feature. */
function bounds(given: number | ArrayLike<number> | undefined, otherwise: number, columns: number, label: string) {
  const all = new Float64Array(columns).fill(otherwise)
  if (given === undefined) return all
  if (typeof given === 'number') all.fill(given)
  else {
    checkLength(given, columns, label)
    for (let j = 0; j < columns; j++) {
      if (typeof given[j] !== 'number') refuse(`${label}[${j}]`, 'a number', show(given[j]), 'type')
      all[j] = given[j]
    }
  }
  const bad = all.findIndex(Number.isNaN)
  if (bad >= 0) refuse(typeof given === 'number' ? label : `${label}[${bad}]`, 'a number', 'NaN')
  return all
}

/** Returns the indices of the flagged features. */
function flagged(flags: ArrayLike<boolean | number> | undefined, columns: number, label: string): Int32Array {
  const features = Int32Array.from({ length: columns }, (_, j) => j)
  if (flags === undefined) return features
  checkLength(flags as ArrayLike<number>, columns, label)
  for (let j = 0; j < columns; j++)
    if (typeof flags[j] !== 'boolean' && flags[j] !== 0 && flags[j] !== 1)
      refuse(`${label}[${j}]`, 'true or false', show(flags[j]), 'type')
  return features.filter((j) => Boolean(flags[j]))
}

/** Refuses inputs out of the box. */
function checkBox<T>({ name, centers, columns, lower, upper }: Attack<T>): void {
  for (let at = 0, j = 0; at < centers.length; at++, j = j + 1 === columns ? 0 : j + 1)
    if (!(lower[j] <= centers[at] && centers[at] <= upper[j]))
      refuse(
        `${name}: inputs[${Math.floor(at / columns)}][${j}]`,
        `between lower and upper, ${lower[j]} and ${upper[j]}`,
        show(centers[at]),
      )
}
