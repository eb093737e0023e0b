import { type MatrixLike, matrix, refuse, show } from '@opt/core'
import type { Buffers } from '../passes/buffers.ts'
import type { Precision, Real } from '../real.ts'

/** Examples, one per row: a flat row-major array, or any matrix that @opt/core reads. */
export type Inputs = ArrayLike<number> | MatrixLike
/** One class label per example, or one row of outputs per example (flat or as a matrix). */
export type Targets = ArrayLike<number> | MatrixLike

/** Whether x is a typed array of numbers, not of big integers. */
const isNumberArray = (x: unknown): x is ArrayLike<number> & ArrayBufferView =>
  ArrayBuffer.isView(x) && !/Big|DataView/.test((x as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? '')

const isFlat = (x: unknown): x is ArrayLike<number> =>
  isNumberArray(x) || (Array.isArray(x) && typeof x[0] !== 'object')

/** Returns rows as a flat array, of length rows x columns. */
export function flatRows(x: Inputs, columns: number, label: string): ArrayLike<number> {
  if (!isFlat(x)) return matrix(x as MatrixLike, label, { columns }).data
  if (x.length === 0) refuse(label, 'nonempty', 'length 0')
  if (x.length % columns !== 0)
    refuse(label, `rows of ${columns} numbers (a flat array's length is a multiple)`, `length ${x.length}`)
  if (isNumberArray(x)) return x
  for (let i = 0; i < x.length; i++)
    if (typeof x[i] !== 'number') refuse(`${label}[${i}]`, 'a finite number', show(x[i]), 'type')
  return x
}

/** Returns the targets of n examples as a flat array: n labels, or n rows of `outputs` numbers. */
export function flatTargets(y: Targets, n: number, outputs: number): ArrayLike<number> {
  const flat = isFlat(y) ? y : matrix(y as MatrixLike, 'targets', { columns: outputs }).data
  if (flat.length !== n && flat.length !== n * outputs)
    refuse('targets', `${n} labels or ${n} rows of ${outputs}`, `length ${flat.length}`)
  return flat
}

/** Copies n examples from `start` on into the buffers. Refuses entries that are not finite in their precision. */
export function loadInputs(net: Buffers, x: ArrayLike<number>, start: number, n: number): void {
  const { inputCount: columns } = net
  const first = start * columns
  net.inputs.set(slice(x, first, first + n * columns))
  const bad = net.kernels.nonFinite(n * columns, net.inputs)
  if (bad < 0) return
  refuse(`inputs[${start + Math.floor(bad / columns)}][${bad % columns}]`, 'a finite number', show(x[first + bad]))
}

/** Returns x[start], ..., x[end - 1], without a copy where possible. */
export function slice(x: ArrayLike<number>, start: number, end: number): ArrayLike<number> {
  if (start === 0 && end === x.length) return x
  return ArrayBuffer.isView(x) ? (x as Float64Array).subarray(start, end) : Array.prototype.slice.call(x, start, end)
}

/** Writes the targets of n of `total` examples, from `start` on, into the buffers: one row of outputs per example. */
export function loadTargets(net: Buffers, y: ArrayLike<number>, total: number, start: number, n: number): void {
  if (net.outputCount > 1 && y.length === total) loadLabels(net, y, start, n)
  else loadTargetRows(net, y, start, n)
}

function loadLabels({ targets, outputCount, loss }: Buffers, y: ArrayLike<number>, start: number, n: number): void {
  targets.fill(loss.targets.off, 0, n * outputCount)
  for (let i = 0; i < n; i++) {
    const label = y[start + i]
    if (!(Number.isInteger(label) && label >= 0 && label < outputCount))
      refuse(`targets[${start + i}]`, `a class from 0 to ${outputCount - 1}`, show(label))
    targets[i * outputCount + label] = 1
  }
}

function loadTargetRows({ targets, outputCount, loss }: Buffers, y: ArrayLike<number>, start: number, n: number): void {
  const rule = loss.targets
  for (let i = start, at = 0; i < start + n; i++) {
    let mass = 0
    for (let j = 0; j < outputCount; j++, at++) {
      const entry = y[i * outputCount + j]
      if (!(typeof entry === 'number' && rule.allows(entry)))
        refuse(outputCount === 1 ? `targets[${i}]` : `targets[${i}][${j}]`, rule.allowed, show(entry))
      targets[at] = entry
      mass += entry
    }
    if (rule.distribution && Math.abs(mass - 1) > 1e-6) refuse(`targets[${i}]`, 'a distribution (sum 1)', `sum ${mass}`)
  }
}

/**
 * Returns rows of numbers for n examples as a flat array.
 *
 * @throws TypeError or RangeError for another number of rows, or entries that are not finite in the precision.
 */
export function finiteRows(x: Inputs, n: number, columns: number, dtype: Precision, label: string): ArrayLike<number> {
  const rows = flatRows(x, columns, label)
  if (rows.length !== n * columns) refuse(label, `${n} rows of ${columns}`, `length ${rows.length}`)
  checkFinite(rows, columns, dtype, label)
  return rows
}

/** Refuses entries that are not finite in the precision. */
export function checkFinite(x: ArrayLike<number>, columns: number, dtype: Precision, label: string, first = 0): void {
  for (let i = 0; i < x.length; i++) {
    if (!isFiniteIn(x[i], dtype))
      refuse(`${label}[${first + Math.floor(i / columns)}][${i % columns}]`, 'a finite number', show(x[i]))
  }
}

/**
 * Copies floats into a buffer of the network's, and returns whether all are finite in its precision. Otherwise, and for
 * any other array, the caller has to look at each entry.
 */
export function setFinite({ kernels }: Buffers, x: ArrayLike<number>, out: Real): boolean {
  if (!(x instanceof Float64Array || x instanceof Float32Array)) return false
  out.set(x)
  return kernels.nonFinite(x.length, out) < 0
}

/** Refuses an array of another length. */
export function checkLength(x: ArrayLike<number>, length: number, label: string): void {
  if (x?.length !== length)
    refuse(label, `of length ${length}`, typeof x?.length === 'number' ? `length ${x.length}` : show(x))
}

/** Refuses anything but a Float64Array or Float32Array of the given length. */
export function checkReal(x: Real, length: number, label: string): void {
  if (!isNumberArray(x) || !/Float(64|32)Array/.test(x[Symbol.toStringTag]))
    refuse(label, 'a Float64Array or a Float32Array', show(x), 'type')
  checkLength(x, length, label)
}

/** Refuses an array of another length, or with an entry that is not finite in the precision. */
export function checkVector(x: ArrayLike<number>, length: number, label: string, dtype: Precision = 'float64'): void {
  checkLength(x, length, label)
  for (let i = 0; i < length; i++) if (!isFiniteIn(x[i], dtype)) refuse(`${label}[${i}]`, 'a finite number', show(x[i]))
}

/** A finite float64 number may overflow in float32. */
const isFiniteIn = (x: number, dtype: Precision) =>
  Number.isFinite(x) && (dtype === 'float64' || Number.isFinite(Math.fround(x)))
