import { options, refuse, show } from '@opt/core'
import ndarray, { type NdArray } from 'ndarray'
import { type Bytes, bytesOf, isTyped, malformed, sizes } from './input/bytes.ts'
import { foreignBytes } from './input/foreign.ts'

/** The entries of an IDX file. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array

/** Contents of an IDX file: row-major `data` of the given shape. */
export interface Idx {
  shape: number[]
  data: IdxData
}

type Getter = 'getUint8' | 'getInt8' | 'getInt16' | 'getInt32' | 'getFloat32' | 'getFloat64'

/** By type byte: the element size, the getter and the array type. */
const TYPES: Record<number, [number, Getter, new (length: number) => IdxData]> = {
  8: [1, 'getUint8', Uint8Array],
  9: [1, 'getInt8', Int8Array],
  11: [2, 'getInt16', Int16Array],
  12: [4, 'getInt32', Int32Array],
  13: [4, 'getFloat32', Float32Array],
  14: [8, 'getFloat64', Float64Array],
}

/** Whether a byte names an element type of the IDX format. */
export const isIdxType = (byte: number): boolean => byte in TYPES

/**
 * Reads an IDX file (the format of MNIST): two zero bytes, a type byte, the rank, the sizes, then the
 * entries, big endian.
 *
 * @returns shape and row-major data, a copy.
 * @throws RangeError when the bytes are no IDX file, cut short, or longer than the header says.
 * Source: Y. LeCun, "The IDX file format", at the end of the MNIST page.
 */
export function parseIdx(input: Bytes): Idx {
  const bytes = bytesOf(input, 'parseIdx')
  if (bytes.length < 4) malformed('parseIdx: byte 0', 'a header of at least 4 bytes', `${bytes.length} bytes`)
  if (bytes[0] !== 0 || bytes[1] !== 0)
    malformed('parseIdx: byte 0', 'two zero bytes', foreignBytes(bytes) ?? `${bytes[0]} ${bytes[1]}`)
  const type = TYPES[bytes[2]!]
  if (!type) malformed('parseIdx: byte 2', 'an element type (8, 9, 11, 12, 13 or 14)', `${bytes[2]}`)
  const [size, getter, Kind] = type
  const rank = bytes[3]!
  const start = 4 + 4 * rank
  if (bytes.length < start) malformed('parseIdx: byte 4', `${rank} sizes of 4 bytes`, `${bytes.length - 4} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: rank }, (_, k) => view.getUint32(4 + 4 * k))
  const count = shape.includes(0) ? 0 : shape.reduce((product, n) => product * n, 1)
  if (count * size !== bytes.length - start)
    malformed(
      `parseIdx: byte ${start}`,
      `${count * size} bytes for shape ${sizes(shape)}`,
      `${bytes.length - start} bytes${count * size > bytes.length - start ? ' (the file is cut short)' : ''}`,
    )
  const data = new Kind(count)
  if (size === 1) new Uint8Array(data.buffer).set(bytes.subarray(start))
  else for (let i = 0; i < count; i++) data[i] = view[getter](start + i * size)
  return { shape, data }
}

/** Returns the contents of an IDX file as a scijs ndarray; a scalar becomes an array of shape [1]. */
export function idxArray(idx: Idx): NdArray<IdxData> {
  const { data, shape } = options(idx, 'idxArray: idx')
  const counts = Array.isArray(shape) && Array.from(shape).every((n) => Number.isInteger(n) && n >= 0)
  if (!counts || !isTyped(data) || data.length !== shape.reduce((product, n) => product * n, 1))
    refuse('idxArray: idx', 'what parseIdx returned', `shape ${show(shape)}, data ${show(data)}`, 'type')
  return ndarray(data, shape.length === 0 ? [1] : shape)
}
