import { malformed } from '../bytes.ts'
import type { Huffman } from './huffman.ts'

/** A colour of the picture and its samples. */
export interface Component {
  id: number
  /** Sampling factors. */
  h: number
  v: number
  /** Number of its quantiser. */
  table: number
  /** Samples that belong to the picture. */
  width: number
  height: number
  /** Blocks of 8 x 8 that hold them. */
  columns: number
  rows: number
  /** Blocks kept: {@link columns} and {@link rows} up to whole MCUs. */
  stride: number
  lines: number
  /** Made by the first scan: samples of a sequential JPEG, coefficients of a progressive one. */
  samples?: Uint8Array
  coefficients?: Int16Array | undefined
  quantiser?: Uint16Array
  /** Of a progressive JPEG: the bit down to which each coefficient is known, -1 before its first scan. */
  known: Int8Array
  predicted: number
}

/** The frame header. */
export interface Frame {
  progressive: boolean
  width: number
  height: number
  hMax: number
  vMax: number
  /** Groups of blocks that hold the picture. */
  mcuColumns: number
  mcuRows: number
  components: Component[]
}

/** What a scan header says, and where its coded data stand. */
export interface Scan {
  components: { component: Component; dc: Huffman | undefined; ac: Huffman | undefined }[]
  /** First and last coefficient, in zigzag order. */
  from: number
  to: number
  /** Bits of precision known before, and left to later scans. */
  high: number
  low: number
  /** MCUs between restart markers, 0 without. */
  interval: number
  start: number
  end: number
}

/**
 * Reads the frame header at `start`; `lines` is its height where the header leaves that to a later marker.
 *
 * Source: ITU-T T.81, B.2.2 and A.1.1.
 */
export function readFrame(
  view: DataView,
  { start, end, where, progressive }: { start: number; end: number; where: string; progressive: boolean },
  lines: number | undefined,
  maxPixels: number,
): Frame {
  const count = end - start >= 6 ? view.getUint8(start + 5) : 0
  if (count === 0 || end - start !== 6 + 3 * count) malformed(where, 'a JPEG frame header', `${end - start} bytes`)
  const [depth, stated, width] = [view.getUint8(start), view.getUint16(start + 1), view.getUint16(start + 3)]
  const height = stated || lines || 0
  if (depth !== 8) malformed(where, 'a JPEG of 8 bits', `${depth} bits`)
  if (width === 0 || height === 0) malformed(where, 'positive JPEG sizes', `${width} x ${height}`)
  if (width * height > maxPixels)
    malformed(where, `at most ${maxPixels} pixels (option maxPixels)`, `${width} x ${height}`)
  if (![1, 3, 4].includes(count)) malformed(where, 'a JPEG of 1, 3 or 4 colours', `${count}`)
  const about = Array.from({ length: count }, (_, k) => {
    const at = start + 6 + 3 * k
    const factors = view.getUint8(at + 1)
    const [h, v] = [factors >> 4, factors & 15]
    if (h < 1 || h > 4 || v < 1 || v > 4) malformed(where, 'sampling factors between 1 and 4', `${h} x ${v}`)
    return { id: view.getUint8(at), h, v, table: view.getUint8(at + 2) }
  })
  if (new Set(about.map(({ id }) => id)).size !== count)
    malformed(where, 'JPEG components of different names', 'equal ones')
  const [hMax, vMax] = [Math.max(...about.map(({ h }) => h)), Math.max(...about.map(({ v }) => v))]
  const [mcuColumns, mcuRows] = [Math.ceil(width / (8 * hMax)), Math.ceil(height / (8 * vMax))]
  const components = about.map(({ h, v, ...rest }) => {
    if (hMax % h !== 0 || vMax % v !== 0)
      malformed(where, `sampling factors that divide ${hMax} x ${vMax}`, `${h} x ${v}`)
    const samples = [Math.ceil((width * h) / hMax), Math.ceil((height * v) / vMax)] as const
    return {
      ...{ ...rest, h, v, width: samples[0], height: samples[1] },
      ...{ columns: Math.ceil(samples[0] / 8), rows: Math.ceil(samples[1] / 8) },
      ...{ stride: mcuColumns * h, lines: mcuRows * v, predicted: 0, known: new Int8Array(64).fill(-1) },
    }
  })
  return { progressive, width, height, hMax, vMax, mcuColumns, mcuRows, components }
}
