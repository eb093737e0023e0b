import { malformed } from '../../input/bytes.ts'
import type { Header } from './chunks.ts'

/** A part of the picture that is stored row by row: the whole, or one of the seven passes of Adam7. */
export interface Pass {
  /** First column and row; distance of columns and rows. */
  x: number
  y: number
  dx: number
  dy: number
  /** Size in pixels. */
  columns: number
  rows: number
}

/** x, y, dx, dy of each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

function passes({ width, height, interlaced }: Header): Pass[] {
  const steps = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const)
  return steps
    .map(([x, y, dx, dy]) => {
      const size = { columns: Math.ceil((width - x) / dx), rows: Math.ceil((height - y) / dy) }
      return { x, y, dx, dy, ...size }
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0)
}

/**
 * Assembles rows from pieces of decompressed pixels and passes each complete row, unfiltered, to `put`.
 *
 * @returns `push` for the pieces, and `end`, which throws when pixels are missing.
 */
export function rowAssembler(
  header: Header,
  put: (row: Uint8Array, pass: Pass, y: number) => void,
): { push: (piece: Uint8Array) => void; end: () => void } {
  const bits = header.depth * header.channels
  const reach = Math.max(1, bits >> 3)
  const all = passes(header)
  let [at, y, filled] = [0, 0, 0]
  let row = new Uint8Array(0)
  let above = row
  const start = () => {
    if (at === all.length) return
    const size = 1 + Math.ceil((all[at]!.columns * bits) / 8)
    row = new Uint8Array(size)
    above = new Uint8Array(size)
  }
  const refuse = (found: string): never => malformed('decodeImage: PNG chunk IDAT', 'the pixels of the picture', found)
  start()
  const push = (piece: Uint8Array) => {
    for (let from = 0; from < piece.length; ) {
      const pass = all[at]
      if (!pass) return refuse('more')
      const part = piece.subarray(from, from + row.length - filled)
      row.set(part, filled)
      from += part.length
      filled += part.length
      if (filled < row.length) return
      unfilter(row, above, reach)
      put(row.subarray(1), pass, y)
      filled = 0
      ;[row, above] = [above, row]
      if (++y < pass.rows) continue
      y = 0
      at++
      start()
    }
  }
  return { push, end: () => void (at < all.length && refuse('fewer')) }
}

/** Reverses the filter named by a row's first byte (PNG, 9.2). */
function unfilter(row: Uint8Array, above: Uint8Array, reach: number): void {
  const filter = row[0]!
  if (filter > 4) malformed('decodeImage: PNG chunk IDAT', 'a filter between 0 and 4', `${filter}`)
  if (filter === 0) return
  for (let i = 1; i < row.length; i++) {
    const left = i > reach ? row[i - reach]! : 0
    const up = above[i]!
    if (filter === 1) row[i]! += left
    else if (filter === 2) row[i]! += up
    else if (filter === 3) row[i]! += (left + up) >> 1
    else row[i]! += paeth(left, up, i > reach ? above[i - reach]! : 0)
  }
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}
