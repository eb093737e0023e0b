import { malformed } from '../../input/bytes.ts'
import { unzlibTo } from '../../input/gzip.ts'
import { upright } from '../orientation.ts'
import type { Picture } from '../picture.ts'
import { type Chunks, readChunks } from './chunks.ts'
import { rowAssembler } from './rows.ts'

/** Decodes a PNG row by row, with two rows in memory beside the picture. */
export function decodePng(bytes: Uint8Array, maxPixels: number): Picture {
  const chunks = readChunks(bytes, maxPixels)
  const { width, height } = chunks.header
  const channels = chunks.header.type >= 4 || chunks.transparency ? 4 : 3
  // No pixels compress to less than a thousandth.
  if (chunks.data.length * 1040 < (width * height * chunks.header.depth * chunks.header.channels) / 8)
    malformed('decodeImage: PNG chunk IDAT', `pixels of ${width} x ${height}`, `${chunks.data.length} bytes`)
  const data = new Uint8Array(width * height * channels)
  const write = pixelWriter(chunks, data, channels)
  const rows = rowAssembler(chunks.header, (row, pass, y) => {
    const start = (pass.y + y * pass.dy) * width + pass.x
    for (let x = 0; x < pass.columns; x++) write(row, x, (start + x * pass.dx) * channels)
  })
  unzlibTo(chunks.data, 'decodeImage: PNG chunk IDAT', rows.push)
  rows.end()
  return upright({ width, height, channels, data }, chunks.orientation)
}

/** Returns sample k of a row. */
function sample(row: Uint8Array, depth: number, k: number): number {
  if (depth === 8) return row[k]!
  if (depth === 16) return 256 * row[2 * k]! + row[2 * k + 1]!
  const bit = k * depth
  return (row[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
}

type Write = (row: Uint8Array, x: number, to: number) => void

/** Returns a function that writes pixel x of a row to `data[to]` as red, green, blue and, with 4 channels, opacity. */
function pixelWriter({ header, palette, transparency }: Chunks, data: Uint8Array, channels: number): Write {
  const { depth, type, channels: stored } = header
  if (palette)
    return (row, x, to) => {
      const colour = sample(row, depth, x)
      if (3 * colour >= palette.length)
        malformed('decodeImage: PNG pixel', `one of ${palette.length / 3} colours`, `${colour}`)
      for (let c = 0; c < 3; c++) data[to + c] = palette[3 * colour + c]!
      if (channels === 4) data[to + 3] = transparency?.[colour] ?? 255
    }
  const most = (1 << depth) - 1
  const eight = (value: number) => (depth === 8 ? value : Math.round((value * 255) / most))
  const colours = type === 2 || type === 6 ? 3 : 1
  const clear = transparency && Array.from({ length: colours }, (_, c) => sample(transparency, 16, c) & most)
  return (row, x, to) => {
    let same = clear !== undefined
    for (let c = 0; c < 3; c++) {
      const k = colours === 3 ? c : 0
      const value = sample(row, depth, x * stored + k)
      data[to + c] = eight(value)
      same &&= value === clear![k]
    }
    if (type >= 4) data[to + 3] = eight(sample(row, depth, x * stored + colours))
    else if (channels === 4) data[to + 3] = same ? 0 : 255
  }
}
