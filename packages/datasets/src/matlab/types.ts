/** Numeric classes and the arrays of their entries. */
interface Numeric {
  double: Float64Array
  single: Float32Array
  int8: Int8Array
  uint8: Uint8Array
  int16: Int16Array
  uint16: Uint16Array
  int32: Int32Array
  uint32: Uint32Array
  int64: BigInt64Array
  uint64: BigUint64Array
}

/** A numeric class of MATLAB. */
export type MatClass = keyof Numeric

/** The entries of a numeric array. */
export type MatData = Numeric[MatClass]

/** The array type of each numeric class. */
export const NUMERIC: { [K in MatClass]: new (length: number) => Numeric[K] } = {
  double: Float64Array,
  single: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
}

/** A full numeric or logical array; `data` is column-major, as in MATLAB. */
export interface MatNumbers {
  class: MatClass | 'logical'
  shape: number[]
  data: MatData
  imaginary?: MatData | undefined
}

/** Characters: one string for each row of the array. */
export interface MatText {
  class: 'char'
  shape: number[]
  rows: string[]
}

/** A cell array, column-major. */
export interface MatCell {
  class: 'cell'
  shape: number[]
  cells: MatArray[]
}

/** A structure array (or an old-style object), column-major: the fields of each element. */
export interface MatStruct {
  class: 'struct' | 'object'
  shape: number[]
  /** Of objects. */
  className?: string | undefined
  fields: string[]
  elements: Map<string, MatArray>[]
}

/** A sparse matrix by compressed columns: entries of column j at indptr[j] .. indptr[j + 1] - 1; `indices` are rows. */
export interface MatSparse {
  class: 'sparse'
  logical: boolean
  shape: number[]
  indptr: Int32Array
  indices: Int32Array
  data: Float64Array
  imaginary?: Float64Array | undefined
}

/** The bytes of a value without a documented format: a function handle, or an object of a classdef class. */
export interface MatOpaque {
  class: 'function' | 'opaque'
  /** Of objects, such as 'string', 'table' or 'datetime'; '' for functions. */
  className: string
  shape: number[]
  bytes: Uint8Array
}

/** An array of a MATLAB file, discriminated by `class`. */
export type MatArray = MatNumbers | MatText | MatCell | MatStruct | MatSparse | MatOpaque
