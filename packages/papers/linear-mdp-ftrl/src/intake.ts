import { number, refuse, show, type VectorLike, vector, withinData } from '@opt/core'
import type { NdArray } from 'ndarray'

/** A table of numbers: an ndarray, nested arrays, or its entries in row-major order as one typed array. */
export type TableLike = NdArray | ArrayLike<number> | readonly unknown[]

/** Conditions on the entries of a {@link table}. */
export interface TableRule {
  min?: number
  max?: number
}

const isNdArray = (value: object): value is NdArray => 'shape' in value && 'stride' in value && 'data' in value

/**
 * Copies a table into one row-major array.
 *
 * @throws TypeError or RangeError when it is no table of this shape, or an entry is not finite or breaks the rule.
 */
export function table(value: unknown, label: string, shape: readonly number[], rule: TableRule = {}): Float64Array {
  const size = shape.reduce((product, n) => product * n, 1)
  const out = new Float64Array(size)
  if (typeof value !== 'object' || value === null)
    refuse(label, 'a table (nested arrays or an ndarray)', show(value), 'type')
  if (isNdArray(value)) copyNdArray(value, label, shape, out)
  else if (ArrayBuffer.isView(value) && shape.length > 1) {
    const flat = value as unknown as ArrayLike<number>
    if (flat.length !== size) refuse(label, `of ${size} entries`, `${show(flat.length)}`)
    for (let i = 0; i < size; i++) out[i] = flat[i]
  } else copyNested(value, label, shape, 0, out, 0)
  const { min = -Infinity, max = Infinity } = rule
  for (let i = 0; i < size; i++)
    if (!(out[i] >= min && out[i] <= max && Math.abs(out[i]) < Infinity)) number(out[i], label + place(i, shape), rule)
  return out
}

/**
 * Reads probabilities; may return the array given.
 *
 * @throws TypeError or RangeError when one is negative, or their sum differs from 1 by more than 1e-9.
 */
export function distribution(
  value: VectorLike,
  label: string,
  { length, sign = 'nonnegative' }: { length?: number; sign?: 'nonnegative' | 'positive' },
): Float64Array {
  const p = vector(value, label, { ...(length !== undefined && { length }), sign })
  checkSum(p, label)
  return p
}

/** Refuses numbers whose sum differs from 1 by more than 1e-9. */
export function checkSum(p: Float64Array, label: string): void {
  const sum = p.reduce((total, v) => total + v, 0)
  if (!(Math.abs(sum - 1) <= 1e-9)) refuse(label, 'probabilities that add up to 1', `sum ${sum}`)
}

/** Returns the indices of an entry: `[1][0][2]`. */
export function place(index: number, shape: readonly number[]): string {
  let text = ''
  for (let k = shape.length - 1; k >= 0; k--) {
    text = `[${index % shape[k]}]${text}`
    index = Math.floor(index / shape[k])
  }
  return text
}

function copyNdArray(value: NdArray, label: string, shape: readonly number[], out: Float64Array): void {
  const wanted = shape.join(', ')
  if (!Array.isArray(value.shape) || value.shape.join(', ') !== wanted)
    refuse(label, `of shape [${wanted}]`, `an ndarray of shape [${show(value.shape)}]`)
  if (!withinData(value)) refuse(label, 'an ndarray within its data', 'one that reaches beyond it')
  const index = new Array<number>(shape.length).fill(0)
  for (let i = 0; i < out.length; i++) {
    const entry: unknown = value.get(...index)
    if (typeof entry !== 'number') refuse(label + place(i, shape), 'a finite number', show(entry), 'type')
    out[i] = entry
    for (let k = shape.length - 1; k >= 0 && ++index[k] === shape[k]; k--) index[k] = 0
  }
}

function copyNested(
  value: unknown,
  label: string,
  shape: readonly number[],
  depth: number,
  out: Float64Array,
  at: number,
): number {
  if (depth === shape.length) {
    if (typeof value !== 'number') refuse(label, 'a finite number', show(value), 'type')
    out[at] = value
    return at + 1
  }
  if (typeof value !== 'object' || value === null)
    refuse(label, `an array of length ${shape[depth]}`, show(value), 'type')
  if (isNdArray(value)) {
    const part = table(value, label, shape.slice(depth))
    out.set(part, at)
    return at + part.length
  }
  const { length } = value as ArrayLike<unknown>
  if (length !== shape[depth]) refuse(label, `of length ${shape[depth]}`, `length ${show(length)}`)
  for (let i = 0; i < length; i++)
    at = copyNested((value as ArrayLike<unknown>)[i], `${label}[${i}]`, shape, depth + 1, out, at)
  return at
}

/** Returns the first indices' lengths of nested arrays or of an ndarray, as many as asked for. */
export function shapeOf(value: unknown, label: string, dimensions: number): number[] {
  if (typeof value === 'object' && value !== null && isNdArray(value)) {
    if (!Array.isArray(value.shape) || value.shape.length !== dimensions)
      refuse(label, `an array of dimension ${dimensions}`, `an ndarray of shape [${show(value.shape)}]`)
    return [...value.shape]
  }
  const shape: number[] = []
  let part: unknown = value
  for (let k = 0; k < dimensions; k++) {
    if (typeof part !== 'object' || part === null || !Number.isSafeInteger((part as ArrayLike<unknown>).length))
      refuse(label + '[0]'.repeat(k), 'an array', show(part), 'type')
    const rest = part as ArrayLike<unknown> & Partial<NdArray>
    if (isNdArray(rest)) return [...shape, ...shapeOf(rest, label + '[0]'.repeat(k), dimensions - k)]
    if (rest.length === 0) refuse(label + '[0]'.repeat(k), 'nonempty', 'length 0')
    shape.push(rest.length)
    part = rest[0]
  }
  return shape
}
