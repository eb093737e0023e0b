import {
  type EntryRule,
  type MatrixLike,
  matrix,
  named,
  number,
  Random,
  random,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import type { DenseNetwork } from '@opt/nn'

/** Rows of numbers, flat and row-major or as a matrix. */
export type Rows = ArrayLike<number> | MatrixLike

/** Names the function in front of what its intake refuses. */
export function calling<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw named(name, error)
  }
}

/** 'Float64Array' and the like, in all realms. */
export const tagOf = (x: unknown): string => Object.prototype.toString.call(x).slice(8, -1)

/** A typed array, whose entries can be nothing but numbers. */
export const isTyped = (x: unknown): x is ArrayLike<number> & ArrayBufferView =>
  ArrayBuffer.isView(x) && !/Big|DataView/.test(tagOf(x))

/** Takes a list of finite numbers: a typed array as it is, anything else as the core does. An empty one is fine. */
export function listOf(x: VectorLike, label: string, rule: EntryRule = {}): ArrayLike<number> {
  // Of a detached array nothing is left but its length.
  if ((Array.isArray(x) || isTyped(x)) && x.length === 0) return []
  if (!isTyped(x)) return vector(x, label, rule)
  const allowed = rule.infinity ? 'a finite number or Infinity' : 'a finite number'
  for (let i = 0; i < x.length; i++)
    if (!Number.isFinite(x[i]) && !(rule.infinity && x[i] === Infinity)) refuse(`${label}[${i}]`, allowed, show(x[i]))
  return x
}

/** Takes scores; Infinity is one. */
export const scoresOf = (scores: VectorLike, label = 'scores'): ArrayLike<number> =>
  listOf(scores, label, { infinity: true })

/** A flat array, of any kind. */
export const isFlat = (x: unknown): x is ArrayLike<number> =>
  isTyped(x) || (Array.isArray(x) && typeof x[0] !== 'object')

/** How many classes: at least two. */
export function checkClasses(classes: unknown): number {
  return number(classes, 'classes', { integer: true, min: 2 })
}

/** Takes finite rows of so many columns as a flat array; no rows at all are fine. */
export function rowsOf(x: Rows, columns: number, label: string): ArrayLike<number> {
  if (!isFlat(x)) return matrix(x as MatrixLike, label, { columns }).data
  if (x.length % columns !== 0) refuse(label, `of length n x ${columns}`, `length ${x.length}`)
  for (let i = 0; i < x.length; i++)
    if (!Number.isFinite(x[i]))
      refuse(`${label}[${Math.floor(i / columns)}][${i % columns}]`, 'a finite number', show(x[i]))
  return x
}

/** Takes n class labels. */
export function labelsOf(given: VectorLike, n: number, classes: number, label = 'labels'): ArrayLike<number> {
  const labels = listOf(given, label)
  if (labels.length !== n) refuse(label, `of length ${n}`, `length ${labels.length}`)
  for (let i = 0; i < n; i++)
    if (!(labels[i] >= 0 && labels[i] < classes && Number.isInteger(labels[i])))
      refuse(`${label}[${i}]`, `a class from 0 to ${classes - 1}`, show(labels[i]))
  return labels
}

/** n labels, or n rows of probabilities. */
export function targetsOf(
  targets: Rows,
  n: number,
  classes: number,
): { labels?: ArrayLike<number>; soft?: ArrayLike<number> } {
  if (isFlat(targets) && targets.length === n) return { labels: labelsOf(targets, n, classes, 'targets') }
  const soft = rowsOf(targets, classes, 'targets')
  if (soft.length !== n * classes)
    refuse('targets', `${n} labels or ${n} rows of ${classes} probabilities`, `length ${soft.length}`)
  for (let i = 0; i < n; i++) {
    let mass = 0
    for (let k = 0; k < classes; k++) {
      const share = soft[i * classes + k]
      if (share < 0) refuse(`targets[${i}][${k}]`, 'a probability', show(share))
      mass += share
    }
    if (!(Math.abs(mass - 1) <= 1e-6)) refuse(`targets[${i}]`, 'a distribution (sum 1)', `sum ${mass}`)
  }
  return { soft }
}

/** Where scores go: n places from `offset` on, in the caller's array or in a new one. */
export function scoresInto(out: Float64Array | undefined, offset: number, n: number): Float64Array {
  number(offset, 'offset', { integer: true, min: 0 })
  if (out === undefined) return new Float64Array(offset + n)
  if (tagOf(out) !== 'Float64Array') refuse('out', 'a Float64Array', show(out), 'type')
  if (out.length < offset + n) refuse('out', `of length at least ${offset + n}`, `length ${out.length}`)
  return out
}

/** Takes 1 or true and 0 or false, n times and nothing else. */
export function flagsOf(flags: ArrayLike<number | boolean>, n: number, label: string): boolean[] {
  if (flags?.length !== n)
    refuse(label, `of length ${n}`, typeof flags?.length === 'number' ? `length ${flags.length}` : show(flags))
  return Array.from({ length: n }, (_, i) => {
    const flag = flags[i]
    if (flag !== 1 && flag !== true && flag !== 0 && flag !== false)
      refuse(`${label}[${i}]`, '0, 1, true or false', show(flag))
    return Boolean(flag)
  })
}

/** Takes a network. */
export function checkNetwork(network: DenseNetwork): DenseNetwork {
  if (typeof network?.perExampleGradientNorms !== 'function') refuse('network', 'a network', show(network), 'type')
  return network
}

/** A generator: the caller's, or one from a seed. */
export const chanceOf = (seed: number | Random = 0): Random =>
  seed instanceof Random ? seed : random(number(seed, 'seed', { integer: true }))

/** A count from a fraction: floor(fraction n + 1/2). */
export const rounded = (fraction: number, n: number): number => Math.floor(fraction * n + 0.5)

/** floor(fraction n), not a whole less because 0.29 times 100 is 28.999999999999996. */
export const floored = (fraction: number, n: number): number => Math.floor(fraction * n + 1e-9)
