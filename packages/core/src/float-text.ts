import { refuse, show } from './errors.ts'

/** Bytes encoded at a time: a multiple of 3, so that the base64 of the pieces joins. */
const PIECE = 24576

/** A type of float arrays. */
export interface FloatsConstructor<A extends Float32Array | Float64Array> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBuffer): A
}

/**
 * Encodes numbers as base64 of their little-endian bytes, for JSON.
 *
 * @returns text from which {@link decodeFloats} restores every bit.
 */
export function encodeFloats(values: Float32Array | Float64Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE) text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)))
  return text
}

/**
 * Decodes the numbers that {@link encodeFloats} wrote. Their values are not looked at: NaN comes back as NaN.
 *
 * @param Kind the type of the saved array.
 * @param length its number of entries.
 * @param label what the error message calls the text.
 * @throws RangeError when it is not base64 of that many numbers.
 */
export function decodeFloats<A extends Float32Array | Float64Array>(
  text: unknown,
  Kind: FloatsConstructor<A>,
  length: number,
  label: string,
): A {
  const size = Kind.BYTES_PER_ELEMENT * length
  let binary: string | undefined
  try {
    binary = typeof text === 'string' ? atob(text) : undefined
  } catch {
    // Not base64: refused below.
  }
  if (binary?.length !== size)
    refuse(label, `base64 of ${size} bytes`, binary === undefined ? show(text) : `${binary.length} bytes`)
  return new Kind(Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer)
}
