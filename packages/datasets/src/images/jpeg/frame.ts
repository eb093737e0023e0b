import { malformed } from '../../input/bytes.ts'
import type { Huffman } from './huffman.ts'

/** A colour component of the picture. */
export interface Component {
  id: number
  /** Sampling factors. */
  h: number
  v: number
  /** Number of its quantiser. */
  table: number
  /** Size in samples. */
  width: number
  height: number
  /** Size in blocks of 8 x 8 samples. */
  columns: number
  rows: number
  /** Allocated size in blocks: {@link columns} and {@link rows} rounded up to whole MCUs. */
  stride: number
  lines: number
  /** Allocated at the first scan: samples of a sequential JPEG, coefficients of a progressive one. */
  samples?: Uint8Array
  coefficients?: Int16Array | undefined
  quantiser?: Uint16Array
  /** Of a progressive JPEG: the lowest bit known of each coefficient, -1 before its first scan. */
  known: Int8Array
  /** The last DC coefficient, from which the next is predicted. */
  predicted: number
}

/** The frame header. */
export interface Frame {
  progressive: boolean
  width: number
  height: number
  hMax: number
  vMax: number
  /** Size in MCUs, the groups of blocks that are coded together. */
  mcuColumns: number
  mcuRows: number
  components: Component[]
}

/** A scan header, and the offsets of its coded data. */
export interface Scan {
  components: { component: Component; dc: Huffman | undefined; ac: Huffman | undefined }[]
  /** The first and the last coefficient, in zigzag order. */
  from: number
  to: number
  /** The lowest bit known before, 0 in a first scan, and after it. */
  high: number
  low: number
  /** MCUs between restart markers, 0 without. */
  interval: number
  start: number
  end: number
}

/**
 * Reads the frame header at `start`. `lines` is the height where the header leaves it to a later marker.
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
    malformed(where, 'JPEG components with distinct identifiers', 'equal ones')
  const [hMax, vMax] = [Math.max(...about.map(({ h }) => h)), Math.max(...about.map(({ v }) => v))]
  const [mcuColumns, mcuRows] = [Math.ceil(width / (8 * hMax)), Math.ceil(height / (8 * vMax))]
  const components = about.map(({ h, v, ...rest }) => {
    if (hMax % h !== 0 || vMax % v !== 0)
      malformed(where, `sampling factors that divide ${hMax} x ${vMax}`, `${h} x ${v}`)
    const size = { width: Math.ceil((width * h) / hMax), height: Math.ceil((height * v) / vMax) }
    const blocks = { columns: Math.ceil(size.width / 8), rows: Math.ceil(size.height / 8) }
    const allocated = { stride: mcuColumns * h, lines: mcuRows * v }
    const state = { predicted: 0, known: new Int8Array(64).fill(-1) }
    return { ...rest, h, v, ...size, ...blocks, ...allocated, ...state }
  })
  return { progressive, width, height, hMax, vMax, mcuColumns, mcuRows, components }
}
