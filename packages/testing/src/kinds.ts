import type { NdArray } from 'ndarray'

export type Vector = unknown[] | NumberArray
export type NumberArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array

/** An array or a typed array. */
export const isVector = (x: unknown): x is Vector =>
  Array.isArray(x) || (ArrayBuffer.isView(x) && !(Object.prototype.toString.call(x) === '[object DataView]'))

export const isNdArray = (x: unknown): x is NdArray =>
  typeof x === 'object' && x !== null && 'shape' in x && 'stride' in x && 'offset' in x && 'data' in x

/** A nonempty list of numbers. */
export const isNumbers = (x: unknown): x is Vector => isVector(x) && x.length > 0 && typeof x[0] === 'number'

/** Rows of numbers, all of one length. */
export const isRows = (x: unknown): x is Vector[] =>
  Array.isArray(x) && x.length > 0 && x.every((row) => isNumbers(row) && row.length === (x[0] as Vector).length)

/** What sort of thing a value is: what has another sort than a valid call's must be refused. */
export function sortOf(x: unknown): string {
  if (isVector(x) || isNdArray(x)) return 'a list'
  return x === null ? 'null' : typeof x
}
