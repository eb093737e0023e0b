import { type MatrixLike, matrix, number, refuse, show, type VectorLike, vector } from '@opt/core'
import type { LossName } from './losses.ts'

/** Checked targets: n rows of k numbers. */
export interface Targets {
  y: Float64Array
  k: number
}

/** Whether numbers come as rows, and not as a vector. */
export function hasRows(y: unknown): y is MatrixLike {
  if (typeof y !== 'object' || y === null) return false
  if ('shape' in y && 'stride' in y) return Array.isArray(y.shape) && y.shape.length === 2
  if ('rows' in y && 'columns' in y) return y.rows !== 1 && y.columns !== 1
  const first = (y as ArrayLike<unknown>)[0]
  return typeof first === 'object' && first !== null
}

/** Checks targets of a loss: numbers or rows of them, labels 1 and -1, or class numbers and one-hot rows. */
export function checkTargets(
  loss: LossName,
  given: VectorLike | MatrixLike,
  label: string,
  rule: { n?: number; k?: number } = {},
): Targets {
  const targets = loss === 'softmax' && !hasRows(given) ? oneHotRows(given, label, rule) : rowsOf(given, label, rule)
  const { y, k } = targets
  if (loss === 'logistic') {
    if (k !== 1) refuse(label, 'a vector of 1 and -1', `${k} columns`)
    const wrong = y.findIndex((v) => v !== 1 && v !== -1)
    if (wrong >= 0) refuse(`${label}[${wrong}]`, '1 or -1', show(y[wrong]))
  } else if (loss === 'softmax' && hasRows(given)) {
    if (k < 2) refuse(label, 'of at least 2 classes', `${k} column`)
    for (let row = 0; row < y.length; row += k) {
      const own = y.subarray(row, row + k)
      if (own.indexOf(1) < 0 || own.some((v, j) => v !== (j === own.indexOf(1) ? 1 : 0)))
        refuse(`${label}[${row / k}]`, 'a row of zeros with a single 1', 'another')
    }
  }
  return targets
}

function rowsOf(given: VectorLike | MatrixLike, label: string, { n, k }: { n?: number; k?: number }): Targets {
  if (hasRows(given)) {
    const { data, shape } = matrix(given, label, { rows: n, columns: k })
    return { y: data, k: shape[1] }
  }
  if (k !== undefined && k !== 1) refuse(label, `rows of ${k} numbers`, 'a vector')
  return { y: vector(given, label, { length: n }), k: 1 }
}

function oneHotRows(given: VectorLike, label: string, { n, k }: { n?: number; k?: number }): Targets {
  const classes = vector(given, label, { length: n })
  const most = k === undefined ? 65535 : k - 1
  for (let i = 0; i < classes.length; i++) number(classes[i], `${label}[${i}]`, { integer: true, min: 0, max: most })
  const count = k ?? Math.max(...classes) + 1
  if (count < 2) refuse(label, 'numbers 0, 1, ... of at least 2 classes', 'only 0')
  const y = new Float64Array(classes.length * count)
  classes.forEach((c, i) => (y[i * count + c] = 1))
  return { y, k: count }
}
