import { malformed } from '../input/bytes.ts'

/** A data element of a MATLAB 5 file: its type and the offsets of its data. */
export interface Element {
  type: number
  /** Byte offset of the tag, within the bytes being read. */
  at: number
  start: number
  end: number
  /** Offset of the next element. */
  next: number
}

/** The bytes being read: the whole file, or a decompressed part of it. */
export interface Source {
  bytes: Uint8Array
  view: DataView
  littleEndian: boolean
  /** Stands before offsets in messages: '' for the file itself. */
  place: string
}

export const UINT8 = 2
export const DOUBLE = 9
export const MATRIX = 14
export const COMPRESSED = 15

type Getter =
  | 'getInt8'
  | 'getUint8'
  | 'getInt16'
  | 'getUint16'
  | 'getInt32'
  | 'getUint32'
  | 'getFloat32'
  | 'getFloat64'
  | 'getBigInt64'
  | 'getBigUint64'

/** By storage type of numbers: the size in bytes and the getter. */
const NUMBERS: Record<number, [number, Getter]> = {
  1: [1, 'getInt8'],
  2: [1, 'getUint8'],
  3: [2, 'getInt16'],
  4: [2, 'getUint16'],
  5: [4, 'getInt32'],
  6: [4, 'getUint32'],
  7: [4, 'getFloat32'],
  9: [8, 'getFloat64'],
  12: [8, 'getBigInt64'],
  13: [8, 'getBigUint64'],
}

/** By storage type of text: the size of a code unit and the getter. UTF-8 (16) is left to the platform's decoder. */
const UNITS: Record<number, [number, Getter]> = {
  1: [1, 'getUint8'],
  2: [1, 'getUint8'],
  4: [2, 'getUint16'],
  17: [2, 'getUint16'],
  18: [4, 'getUint32'],
}
const UTF8 = 16

export const source = (bytes: Uint8Array, littleEndian: boolean, place: string): Source => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  littleEndian,
  place,
})

export const where = ({ place }: Source, at: number): string => `parseMat5: ${place}byte ${at}`

/** Reads the tag at `at`; the element must end by `limit`. */
export function element(from: Source, at: number, limit: number): Element {
  const { view, littleEndian } = from
  if (at + 8 > limit) malformed(where(from, at), 'a data element (8 bytes or more)', `${limit - at} bytes`)
  const word = view.getUint32(at, littleEndian)
  // Small elements keep size and type in one word and their data in the next.
  const small = word >>> 16
  if (small > 4) malformed(where(from, at), 'at most 4 bytes in a small data element', `${small}`)
  if (small > 0) return { type: word & 0xffff, at, start: at + 4, end: at + 4 + small, next: at + 8 }
  const size = view.getUint32(at + 4, littleEndian)
  const end = at + 8 + size
  if (end > limit)
    malformed(where(from, at), `${size} bytes of data`, `${limit - at - 8} (damaged, or the file is cut short)`)
  const padded = word === COMPRESSED ? end : end + ((8 - (size % 8)) % 8)
  return { type: word, at, start: at + 8, end, next: Math.min(padded, limit) }
}

/** Reads the tag at `at` of an element of one of the given types. */
export function elementOf(from: Source, at: number, limit: number, types: number[], what: string): Element {
  const found = element(from, at, limit)
  if (!types.includes(found.type))
    malformed(where(from, at), `${what} (type ${types.join(' or ')})`, `type ${found.type}`)
  return found
}

/** Returns how many numbers an element holds. */
export function numberCount(from: Source, { type, at, start, end }: Element): number {
  const kind = NUMBERS[type]
  if (!kind) malformed(where(from, at), 'numbers', `a data element of type ${type}`)
  if ((end - start) % kind[0] !== 0) malformed(where(from, at), `a multiple of ${kind[0]} bytes`, `${end - start}`)
  return (end - start) / kind[0]
}

/** Calls `put` with each number of an element. */
export function eachNumber(from: Source, found: Element, put: (value: number | bigint, k: number) => void): void {
  const count = numberCount(from, found)
  const [size, getter] = NUMBERS[found.type]!
  for (let k = 0; k < count; k++) put(from.view[getter](found.start + k * size, from.littleEndian), k)
}

/** Reads an element of integers. */
export function integers(from: Source, found: Element): number[] {
  const out: number[] = []
  eachNumber(from, found, (value) => void out.push(Number(value)))
  return out
}

/** Reads an element of characters. */
export function characters(from: Source, { type, at, start, end }: Element): string {
  if (type === UTF8) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(from.bytes.subarray(start, end))
    } catch (cause) {
      throw new RangeError(`${where(from, at)}: expected UTF-8 text, found other bytes`, { cause })
    }
  }
  const unit = UNITS[type]
  if (!unit) malformed(where(from, at), 'characters', `a data element of type ${type}`)
  const [size, getter] = unit
  if ((end - start) % size !== 0) malformed(where(from, at), `a multiple of ${size} bytes of text`, `${end - start}`)
  return Array.from({ length: (end - start) / size }, (_, k) => {
    const code = Number(from.view[getter](start + k * size, from.littleEndian))
    if (code > 0x10ffff) malformed(where(from, at), 'Unicode characters', `${code}`)
    return size === 4 ? String.fromCodePoint(code) : String.fromCharCode(code)
  }).join('')
}
