import type { Floats } from '../parameters.ts'

/** Bytes of a piece of a long array: few enough to stay in the processor's caches, enough for long copies. */
const PIECE = 1 << 20
/** Bytes of the smallest page of memory on today's systems. */
const PAGE = 4096

/** Tells whether an array is gone through in pieces. */
export const isLong = (array: Floats): boolean => array.byteLength > PIECE

/** Calls a function for the range of each piece of an array. */
export function inPieces(array: Floats, each: (from: number, to: number) => void): void {
  const size = PIECE / array.BYTES_PER_ELEMENT
  for (let from = 0; from < array.length; from += size) each(from, Math.min(from + size, array.length))
}

/**
 * Reads one entry of each page of a range of arrays, so that the processor looks up many pages at once; a
 * copy or a kernel waits at each page for the next.
 *
 * @returns their sum, to be stored: an engine may leave out reads that nothing needs.
 */
export function visit(arrays: readonly Floats[], from: number, to: number): number {
  let sum = 0
  for (const array of arrays) {
    const stride = PAGE / array.BYTES_PER_ELEMENT
    for (let i = from; i < to; i += stride) sum += array[i]
  }
  return sum
}
