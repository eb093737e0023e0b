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

/** A nonempty list of rows of numbers, all of one length. */
export const isRows = (x: unknown): x is Vector[] =>
  Array.isArray(x) && x.length > 0 && x.every((row) => isNumbers(row) && row.length === (x[0] as Vector).length)

/**
 * Whether a value has another type than a valid call's, so that it must be refused. undefined and
 * null, which may mean 'left out', and ndarrays, which may stand for lists, have not.
 */
export function isOtherSort(valid: unknown, x: unknown): boolean {
  if (valid === undefined || valid === null || x === undefined || x === null || isNdArray(x)) return false
  return typeof x !== typeof valid || isVector(x) !== (isVector(valid) || isNdArray(valid))
}

/** A typed array of integers, which turns NaN into 0. */
export const isIntegers = (x: unknown): boolean =>
  ArrayBuffer.isView(x) && !/Float|DataView/.test(Object.prototype.toString.call(x))
