import { type DecodedPng, decode } from 'fast-png'
import { concat, malformed } from './bytes.ts'
import { unzlib } from './gzip.ts'
import type { Picture } from './image.ts'

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Decodes a PNG whose chunks, checksums and amount of pixel data are right. */
export function decodePng(bytes: Uint8Array): Picture {
  checkChunks(bytes)
  let png: DecodedPng
  try {
    png = decode(bytes, { checkCrc: true })
  } catch (cause) {
    throw new RangeError(`decodeImage: the PNG is damaged (${(cause as Error).message})`, { cause })
  }
  return toRgb(png)
}

/** fast-png fills what is missing with zeros and trusts the header's sizes; so they are held against the data first. */
function checkChunks(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  let expected = 0
  let name = ''
  for (let at = 8; name !== 'IEND'; ) {
    if (at + 12 > bytes.length) malformed(`decodeImage: byte ${at}`, 'a PNG chunk', 'the end (the file is cut short)')
    const length = view.getUint32(at)
    name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (at + 12 + length > bytes.length)
      malformed(`decodeImage: byte ${at}`, `${length} bytes of PNG chunk ${name}`, `${bytes.length - at - 12}`)
    if (at === 8) {
      if (name !== 'IHDR' || length !== 13) malformed('decodeImage: byte 8', 'PNG chunk IHDR', name)
      expected = pixelBytes(view)
    } else if (name === 'IHDR') malformed(`decodeImage: byte ${at}`, 'one PNG chunk IHDR', 'a second one')
    if (name === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const found = unzlib(concat(parts), 'decodeImage: PNG chunk IDAT').length
  if (found !== expected) malformed('decodeImage: PNG chunk IDAT', `${expected} bytes of pixels`, `${found}`)
}

/** How many bytes the filtered pixels take, from the header. */
function pixelBytes(view: DataView): number {
  const [width, height, depth] = [view.getUint32(16), view.getUint32(20), view.getUint8(24)]
  const channels = CHANNELS[view.getUint8(25)]
  const interlaced = view.getUint8(28) === 1
  if (width === 0 || height === 0) malformed('decodeImage: byte 16', 'positive PNG sizes', `${width} x ${height}`)
  if (!channels) malformed('decodeImage: byte 25', 'a PNG colour type (0, 2, 3, 4 or 6)', `${view.getUint8(25)}`)
  if (![1, 2, 4, 8, 16].includes(depth) || (depth < 8 && channels > 1))
    malformed('decodeImage: byte 24', 'a bit depth this colour type has', `${depth}`)
  if (interlaced && depth < 8)
    malformed('decodeImage: byte 28', 'an interlaced PNG of 8 or 16 bits (the decoder knows no other)', `${depth} bits`)
  const size = (columns: number, rows: number) =>
    columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * channels * depth) / 8)) : 0
  if (!interlaced) return size(width, height)
  const steps = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ]
  return steps.reduce(
    (sum, [x, y, dx, dy]) => sum + size(Math.ceil((width - x!) / dx!), Math.ceil((height - y!) / dy!)),
    0,
  )
}

/** One entry of a row of samples of 1 to 16 bits. */
function sample({ data, depth, width, channels }: DecodedPng, row: number, k: number): number {
  if (depth >= 8) return data[row * width * channels + k]!
  const rowBytes = Math.ceil((width * depth) / 8)
  const bit = k * depth
  return (data[row * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
}

function toRgb(png: DecodedPng): Picture {
  const { width, height, depth, channels: stored, palette, transparency } = png
  if (depth === 8 && (stored === 3 || stored === 4) && !transparency && !palette)
    return { width, height, channels: stored, data: Uint8Array.from(png.data) }
  // Colour types 4 and 6 carry opacity; palettes and single colours may.
  const opaque = stored !== 2 && stored !== 4 && !transparency && palette?.[0]?.length !== 4
  const channels = opaque ? 3 : 4
  const colours = stored < 3 ? 1 : 3
  const most = (1 << depth) - 1
  const data = new Uint8Array(width * height * channels)
  for (let y = 0, o = 0; y < height; y++)
    for (let x = 0; x < width; x++, o += channels) {
      if (palette) {
        const colour = palette[sample(png, y, x)]
        if (!colour) malformed('decodeImage: PNG pixel', `one of ${palette.length} colours`, `${sample(png, y, x)}`)
        data.set(colour.slice(0, channels), o)
        continue
      }
      let clear = transparency !== undefined
      for (let c = 0; c < 3; c++) {
        const value = sample(png, y, x * stored + (colours === 3 ? c : 0))
        data[o + c] = Math.round((value * 255) / most)
        clear &&= value === transparency![colours === 3 ? c : 0]
      }
      if (opaque) continue
      const opacity = stored === 2 || stored === 4 ? sample(png, y, x * stored + colours) : clear ? 0 : most
      data[o + 3] = Math.round((opacity * 255) / most)
    }
  return { width, height, channels, data }
}
