import { type MatrixLike, matrix, refuse, show } from '@opt/core'
import type { Buffers } from './buffers.ts'
import type { TargetRule } from './losses.ts'
import type { Real } from './real.ts'

/** Examples, one a row: a flat row-major array, or anything the core takes for a matrix. */
export type Inputs = ArrayLike<number> | MatrixLike
/** One class label an example, or one row of outputs an example (flat or as a matrix). */
export type Targets = ArrayLike<number> | MatrixLike

/** A typed array of numbers that are no big integers. */
const isNumberArray = (x: unknown): x is ArrayLike<number> & ArrayBufferView =>
  ArrayBuffer.isView(x) && !/Big|DataView/.test((x as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? '')

const isFlat = (x: unknown): x is ArrayLike<number> =>
  isNumberArray(x) || (Array.isArray(x) && typeof x[0] !== 'object')

/** Refuses entries that are no numbers, which only arrays of other kinds can have. */
function checkNumbers(x: ArrayLike<number>, label: string): void {
  if (isNumberArray(x)) return
  for (let i = 0; i < x.length; i++)
    if (typeof x[i] !== 'number') refuse(`${label}[${i}]`, 'a finite number', show(x[i]), 'type')
}

/** Takes rows as a flat array; their number is length / columns. */
export function flatRows(x: Inputs, columns: number, label: string): ArrayLike<number> {
  if (!isFlat(x)) return matrix(x as MatrixLike, label, { columns }).data
  if (x.length === 0) refuse(label, 'nonempty', 'length 0')
  if (x.length % columns !== 0)
    refuse(label, `rows of ${columns} numbers (a flat array's length is a multiple)`, `length ${x.length}`)
  checkNumbers(x, label)
  return x
}

/** Takes labels or rows of targets for n examples, flat: of length n (labels, where there are several outputs) or n outputs. */
export function flatTargets(y: Targets, n: number, outputs: number): ArrayLike<number> {
  const flat = isFlat(y) ? y : matrix(y as MatrixLike, 'targets', { columns: outputs }).data
  if (flat.length !== n && flat.length !== n * outputs)
    refuse('targets', `${n} labels or ${n} rows of ${outputs}`, `length ${flat.length}`)
  return flat
}

/** part of an array-like, without a copy where it can be. */
export function slice(x: ArrayLike<number>, start: number, end: number): ArrayLike<number> {
  if (start === 0 && end === x.length) return x
  return ArrayBuffer.isView(x) ? (x as Float64Array).subarray(start, end) : Array.prototype.slice.call(x, start, end)
}

/** Copies examples from `start` on into the buffers and refuses what is not finite. */
export function loadInputs(net: Buffers, x: ArrayLike<number>, start: number, n: number): void {
  const columns = net.architecture.sizes[0]
  const first = start * columns
  net.inputs.set(slice(x, first, first + n * columns))
  const bad = net.products.nonFinite(n * columns, net.inputs)
  if (bad < 0) return
  refuse(`inputs[${start + Math.floor(bad / columns)}][${bad % columns}]`, 'a finite number', show(x[first + bad]))
}

/** Writes the target rows of examples from `start` on into the buffers. */
export function loadTargets(net: Buffers, y: ArrayLike<number>, total: number, start: number, n: number): void {
  const { architecture, loss, targets } = net
  const outputs = architecture.sizes[architecture.sizes.length - 1]
  const { off } = loss.targets
  if (outputs === 1 || y.length !== total) {
    for (let i = 0; i < n; i++)
      loadRow(y, (start + i) * outputs, targets, i * outputs, outputs, loss.targets, start + i)
    return
  }
  targets.fill(off, 0, n * outputs)
  for (let i = 0; i < n; i++) {
    const label = y[start + i]
    if (!(Number.isInteger(label) && label >= 0 && label < outputs))
      refuse(`targets[${start + i}]`, `a class from 0 to ${outputs - 1}`, show(label))
    targets[i * outputs + label] = 1
  }
}

function loadRow(
  y: ArrayLike<number>,
  from: number,
  targets: Buffers['targets'],
  to: number,
  outputs: number,
  rule: TargetRule,
  i: number,
): void {
  let mass = 0
  for (let j = 0; j < outputs; j++) {
    const v = y[from + j]
    if (!(typeof v === 'number' && rule.allows(v)))
      refuse(outputs === 1 ? `targets[${i}]` : `targets[${i}][${j}]`, rule.allowed, show(v))
    targets[to + j] = v
    mass += v
  }
  if (rule.distribution && Math.abs(mass - 1) > 1e-6) refuse(`targets[${i}]`, 'a distribution (sum 1)', `sum ${mass}`)
}

/** Refuses an array of another length. */
export function checkLength(x: ArrayLike<number>, length: number, label: string): void {
  if (x?.length !== length)
    refuse(label, `of length ${length}`, typeof x?.length === 'number' ? `length ${x.length}` : show(x))
}

/** Refuses what results cannot be written into. */
export function checkReal(x: Real, length: number, label: string): void {
  if (!isNumberArray(x) || !/Float(64|32)Array/.test(x[Symbol.toStringTag]))
    refuse(label, 'a Float64Array or a Float32Array', show(x), 'type')
  checkLength(x, length, label)
}

/** Refuses an array of another length, or with an entry that is not finite. */
export function checkVector(x: ArrayLike<number>, length: number, label: string): void {
  checkLength(x, length, label)
  for (let i = 0; i < length; i++) if (!Number.isFinite(x[i])) refuse(`${label}[${i}]`, 'a finite number', show(x[i]))
}
