import type { Floats } from './parameters.ts'

/**
 * Bytes of a piece, at most: libraries copy so few bytes with plain vector loads, ahead of which the processor reads
 * the next page, and more of them at half the speed.
 */
const BYTES = 4096
/** Shorter arrays are not worth cutting. */
const LONG = 4 * BYTES

/** Returns the length of the pieces of an array in memory; 0 if it is too short to be cut. */
export const pieceLength = (array: Floats): number => (array.byteLength > LONG ? BYTES / array.BYTES_PER_ELEMENT : 0)

/** The views last as long as the array. */
const known = new WeakMap<Floats, readonly Floats[]>()

/** Returns views of the pieces of an array, the same ones at each call. */
export function piecesOf(array: Floats, length: number): readonly Floats[] {
  let pieces = known.get(array)
  if (pieces?.[0].length !== length) {
    const count = Math.ceil(array.length / length)
    pieces = Array.from({ length: count }, (_, k) => array.subarray(k * length, (k + 1) * length))
    known.set(array, pieces)
  }
  return pieces
}
