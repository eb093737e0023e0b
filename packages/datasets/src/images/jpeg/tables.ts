import { malformed } from '../../input/bytes.ts'
import { type Huffman, huffman } from './huffman.ts'
import { ZIGZAG } from './zigzag.ts'

/** A segment of a JPEG: its marker, and the byte offsets of the marker and of the content. */
export interface Segment {
  marker: number
  at: number
  start: number
  end: number
}

/** Reads the Huffman tables of a segment. */
export function readHuffman(
  bytes: Uint8Array,
  { start, end }: Segment,
  where: string,
  tables: { dc: Huffman[]; ac: Huffman[] },
): void {
  for (let at = start; at < end; ) {
    const [kind, place] = [bytes[at]! >> 4, bytes[at]! & 15]
    const counts = bytes.subarray(at + 1, Math.min(at + 17, end))
    const size = counts.reduce((total, count) => total + count, 0)
    if (at + 17 + size > end) malformed(where, 'whole JPEG tables', `${at + 17 + size - end} bytes too few`)
    if (kind > 1 || place > 3) malformed(where, 'a JPEG Huffman table 0 to 3', `${kind} ${place}`)
    tables[kind === 0 ? 'dc' : 'ac'][place] = huffman(counts, bytes.slice(at + 17, at + 17 + size), where)
    at += 17 + size
  }
}

/** Reads the quantisation tables of a segment. */
export function readQuantisers(
  view: DataView,
  { start, end }: Segment,
  where: string,
  quantisers: (Uint16Array | undefined)[],
): void {
  for (let at = start; at < end; ) {
    const [wide, place] = [view.getUint8(at) >> 4, view.getUint8(at) & 15]
    const size = wide ? 128 : 64
    if (at + 1 + size > end) malformed(where, 'whole JPEG tables', `${at + 1 + size - end} bytes too few`)
    if (wide > 1 || place > 3) malformed(where, 'a JPEG quantisation table 0 to 3', `${wide} ${place}`)
    const quantiser = new Uint16Array(64)
    for (let k = 0; k < 64; k++)
      quantiser[ZIGZAG[k]!] = wide ? view.getUint16(at + 1 + 2 * k) : view.getUint8(at + 1 + k)
    quantisers[place] = quantiser
    at += 1 + size
  }
}
