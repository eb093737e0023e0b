import { printable, quoted } from '@opt/core'
import type { TypedArray } from 'ndarray'
import { foreignBytes } from './foreign.ts'

/** Raw bytes of a file. */
export type Bytes = Uint8Array | ArrayBuffer

/** Throws what is wrong with a file: `<where>: expected <expected>, found <found>`. */
export function malformed(where: string, expected: string, found: string): never {
  throw new RangeError(`${where}: expected ${expected}, found ${found}`)
}

/** Checks that an input is bytes and returns them as a Uint8Array, without a copy. */
export function bytesOf(input: unknown, caller: string): Uint8Array {
  // Not instanceof: bytes may come from another realm (a worker, a test's sandbox).
  if (ArrayBuffer.isView(input) && Object.prototype.toString.call(input) === '[object Uint8Array]')
    return input as Uint8Array
  if (Object.prototype.toString.call(input) === '[object ArrayBuffer]') return new Uint8Array(input as ArrayBuffer)
  throw new TypeError(`${caller}: bytes must be a Uint8Array or an ArrayBuffer, got ${describe(input)}`)
}

/** Whether a value is a typed array of numbers, of any realm. */
export const isTyped = (value: unknown): value is TypedArray =>
  /^\[object (?:Int|Uint|Float)(?:8|16|32|64)(?:Clamped)?Array\]$/.test(Object.prototype.toString.call(value))

/** Returns the encoding that a byte order mark names; UTF-8 without one. */
export const encodingOf = ([first, second]: Uint8Array): string =>
  first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'

/** Decodes bytes (UTF-8, or UTF-16 with a byte order mark) to text without the mark; a string is returned as it is. */
export function textOf(input: unknown, caller: string): string {
  if (typeof input === 'string') return input.startsWith('\ufeff') ? input.slice(1) : input
  if (typeof input !== 'object' || input === null)
    throw new TypeError(`${caller}: input must be bytes or a string, got ${describe(input)}`)
  const bytes = bytesOf(input, caller)
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes)
  } catch (cause) {
    const found = foreignBytes(bytes) ?? 'other bytes (decode another encoding first), or too many for one string'
    throw new RangeError(`${caller}: expected UTF-8 text, found ${found}`, { cause })
  }
}

/** Joins pieces. */
export function concat(pieces: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/** Parses a decimal number; NaN when the text is none, or beyond the range of float64. */
export function decimal(text: string): number {
  if (!DECIMAL.test(text)) return Number.NaN
  const value = Number(text)
  return Number.isFinite(value) ? value : Number.NaN
}

const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}...` : text)

/** Quotes a text in a message, shortened. */
export const quote = (text: string): string => quoted(short(text, 40))

/** Shows a name or an address in a message. */
export const place = (text: string): string => printable(short(text, 200))

/** Shows a shape in a message. */
export const sizes = (shape: number[]): string => `[${short(shape.join(','), 40)}]`

function describe(value: unknown): string {
  return value === null ? 'null' : typeof value === 'object' ? Object.prototype.toString.call(value) : typeof value
}
