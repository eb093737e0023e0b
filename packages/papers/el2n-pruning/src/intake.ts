import {
  type EntryRule,
  type MatrixLike,
  matrix,
  number,
  type Random,
  randomFrom,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import type { DenseNetwork } from '@opt/nn'

/** Rows of numbers: flat and row-major, or a matrix. */
export type Rows = ArrayLike<number> | MatrixLike

/** The type of an object, such as 'Float64Array', in all realms. */
export const tagOf = (x: unknown): string => Object.prototype.toString.call(x).slice(8, -1)

/** Whether x is a typed array, whose entries can only be numbers. */
export const isTyped = (x: unknown): x is ArrayLike<number> & ArrayBufferView =>
  ArrayBuffer.isView(x) && !/Big|DataView/.test(tagOf(x))

/** Whether x is a flat array of any kind. */
export const isFlat = (x: unknown): x is ArrayLike<number> =>
  isTyped(x) || (Array.isArray(x) && typeof x[0] !== 'object')

/**
 * Checks a list of finite numbers, which may be empty. Returns a typed array as it is, anything
 * else as a vector.
 */
export function checkList(x: VectorLike, label: string, rule: EntryRule = {}): ArrayLike<number> {
  // A detached array has only its length left.
  if ((Array.isArray(x) || isTyped(x)) && x.length === 0) return []
  if (!isTyped(x)) return vector(x, label, rule)
  const allowed = rule.infinity ? 'a finite number or Infinity' : 'a finite number'
  for (let i = 0; i < x.length; i++)
    if (!Number.isFinite(x[i]) && !(rule.infinity && x[i] === Infinity)) refuse(`${label}[${i}]`, allowed, show(x[i]))
  return x
}

/** Checks scores: finite numbers or Infinity. */
export const checkScores = (scores: VectorLike, label = 'scores'): ArrayLike<number> =>
  checkList(scores, label, { infinity: true })

/** Checks a number of classes: at least two. */
export const checkClasses = (classes: unknown): number => number(classes, 'classes', { integer: true, min: 2 })

/** Checks rows of finite numbers, of which there may be none. Returns them flat. */
export function checkRows(x: Rows, columns: number, label: string): ArrayLike<number> {
  if (!isFlat(x)) return matrix(x as MatrixLike, label, { columns }).data
  if (x.length % columns !== 0) refuse(label, `of length n x ${columns}`, `length ${x.length}`)
  for (let i = 0; i < x.length; i++)
    if (!Number.isFinite(x[i]))
      refuse(`${label}[${Math.floor(i / columns)}][${i % columns}]`, 'a finite number', show(x[i]))
  return x
}

/** Checks n class labels from 0 to classes - 1. */
export function checkLabels(given: VectorLike, n: number, classes: number, label = 'labels'): ArrayLike<number> {
  const labels = checkList(given, label)
  if (labels.length !== n) refuse(label, `of length ${n}`, `length ${labels.length}`)
  for (let i = 0; i < n; i++)
    if (!(labels[i] >= 0 && labels[i] < classes && Number.isInteger(labels[i])))
      refuse(`${label}[${i}]`, `a class from 0 to ${classes - 1}`, show(labels[i]))
  return labels
}

/** What the network should predict: a label for each example, or a row of probabilities. */
export type ClassTargets =
  | { labels: ArrayLike<number>; probabilities?: undefined }
  | { labels?: undefined; probabilities: ArrayLike<number> }

/** Checks n labels, or n rows of probabilities. */
export function checkTargets(targets: Rows, n: number, classes: number): ClassTargets {
  if (isFlat(targets) && targets.length === n) return { labels: checkLabels(targets, n, classes, 'targets') }
  const probabilities = checkRows(targets, classes, 'targets')
  if (probabilities.length !== n * classes)
    refuse('targets', `${n} labels or ${n} rows of ${classes} probabilities`, `length ${probabilities.length}`)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let k = 0; k < classes; k++) {
      const probability = probabilities[i * classes + k]
      if (probability < 0) refuse(`targets[${i}][${k}]`, 'a probability', show(probability))
      sum += probability
    }
    if (!(Math.abs(sum - 1) <= 1e-6)) refuse(`targets[${i}]`, 'a distribution (sum 1)', `sum ${sum}`)
  }
  return { probabilities }
}

/** Checks the array that n scores are written into from `offset` on; returns a new one when there is none. */
export function checkOut(out: Float64Array | undefined, offset: number, n: number): Float64Array {
  number(offset, 'offset', { integer: true, min: 0 })
  if (out === undefined) return new Float64Array(offset + n)
  if (tagOf(out) !== 'Float64Array') refuse('out', 'a Float64Array', show(out), 'type')
  if (out.length < offset + n) refuse('out', `of length at least ${offset + n}`, `length ${out.length}`)
  return out
}

/** Checks n flags, each 0, 1, true or false. */
export function checkFlags(flags: ArrayLike<number | boolean>, n: number, label: string): boolean[] {
  if (flags?.length !== n)
    refuse(label, `of length ${n}`, typeof flags?.length === 'number' ? `length ${flags.length}` : show(flags))
  return Array.from({ length: n }, (_, i) => {
    const flag = flags[i]
    if (flag !== 1 && flag !== true && flag !== 0 && flag !== false)
      refuse(`${label}[${i}]`, '0, 1, true or false', show(flag))
    return Boolean(flag)
  })
}

/** Checks a network of @opt/nn. */
export function checkNetwork(network: DenseNetwork): DenseNetwork {
  if (typeof network?.perExampleGradientNorms !== 'function') refuse('network', 'a network', show(network), 'type')
  return network
}

/** The generator given, or a new one from a seed. */
export const generatorOf = (seed: number | Random = 0): Random => randomFrom(seed, 'seed')

/** fraction n, rounded to the nearest integer: floor(fraction n + 1/2). */
export const rounded = (fraction: number, n: number): number => Math.floor(fraction * n + 0.5)

/** floor(fraction n), tolerant of rounding: 0.29 times 100 is 28.999999999999996 and counts as 29. */
export const floored = (fraction: number, n: number): number => Math.floor(fraction * n + 1e-9)
