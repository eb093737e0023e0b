import { type MatrixLike, matrix, number, refuse, show } from '@opt/core'

/** Rows of numbers, flat and row-major or as a matrix. */
export type Rows = ArrayLike<number> | MatrixLike

/** A flat array, of any kind. */
export const isFlat = (x: unknown): x is ArrayLike<number> =>
  (ArrayBuffer.isView(x) && 'length' in x) || (Array.isArray(x) && typeof x[0] !== 'object')

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

/** Refuses anything but n class labels. */
export function checkLabels(labels: ArrayLike<number>, n: number, classes: number, label = 'labels'): void {
  if (labels?.length !== n)
    refuse(label, `of length ${n}`, labels === undefined ? 'undefined' : `length ${labels.length}`)
  for (let i = 0; i < n; i++)
    if (!(labels[i] >= 0 && labels[i] < classes && Number.isInteger(labels[i])))
      refuse(`${label}[${i}]`, `a class from 0 to ${classes - 1}`, show(labels[i]))
}

/** n labels, or n rows of probabilities. */
export function targetsOf(
  targets: Rows,
  n: number,
  classes: number,
): { labels?: ArrayLike<number>; soft?: ArrayLike<number> } {
  if (isFlat(targets) && targets.length === n) {
    checkLabels(targets, n, classes, 'targets')
    return { labels: targets }
  }
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
  if (out === undefined) return new Float64Array(offset + n)
  number(offset, 'offset', { integer: true, min: 0 })
  if (out.length < offset + n) refuse('out', `of length at least ${offset + n}`, `length ${out.length}`)
  return out
}

/** Refuses scores that no order can be made of: NaN and -Infinity. */
export function checkScores(scores: ArrayLike<number>, label = 'scores'): void {
  for (let i = 0; i < scores.length; i++)
    if (!(scores[i] > -Infinity)) refuse(`${label}[${i}]`, 'a number or Infinity', show(scores[i]))
}

/** Takes 1 or true and 0 or false, and nothing else. */
export function isTrue(value: unknown, label: string): boolean {
  if (value === 1 || value === true) return true
  if (value !== 0 && value !== false) refuse(label, '0, 1, true or false', show(value))
  return false
}

/** A count from a fraction: floor(fraction n + 1/2). */
export const rounded = (fraction: number, n: number): number => Math.floor(fraction * n + 0.5)

/** floor(fraction n), not a whole less because 0.29 times 100 is 28.999999999999996. */
export const floored = (fraction: number, n: number): number => Math.floor(fraction * n + 1e-9)
