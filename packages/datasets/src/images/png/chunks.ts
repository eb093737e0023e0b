import { concat, malformed, quote } from '../../input/bytes.ts'
import { crc32 } from '../../input/checksums.ts'
import { exifOrientation } from '../orientation.ts'

/** The header of a PNG. */
export interface Header {
  width: number
  height: number
  /** Bits of a sample. */
  depth: number
  /** 0 grey, 2 colour, 3 palette, 4 grey and opacity, 6 colour and opacity. */
  type: number
  /** Samples of a pixel. */
  channels: number
  interlaced: boolean
}

/** The chunks of a PNG that pixels depend on. */
export interface Chunks {
  header: Header
  /** Red, green, blue of each colour. */
  palette: Uint8Array | undefined
  /** Opacity of palette colours, or the one colour that is clear. */
  transparency: Uint8Array | undefined
  /** The compressed pixels. */
  data: Uint8Array
  /** EXIF orientation, 1 when there is none. */
  orientation: number
}

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/**
 * Reads the chunks of a PNG. A damaged chunk is an error where pixels depend on it; other damaged chunks are ignored.
 *
 * Source: W3C, "Portable Network Graphics (PNG) Specification", 2nd edition, 5, 11.2 and 13.1.
 */
export function readChunks(bytes: Uint8Array, maxPixels: number): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  let header: Header | undefined
  let palette: Uint8Array | undefined
  let transparency: Uint8Array | undefined
  let orientation: number | undefined
  for (let at = 8, name = ''; name !== 'IEND'; ) {
    const where = `decodeImage: byte ${at}`
    if (at + 12 > bytes.length) malformed(where, 'a PNG chunk', 'the end (the file is cut short)')
    const length = view.getUint32(at)
    name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (!/^[A-Za-z]{4}$/.test(name)) malformed(where, 'the name of a PNG chunk', quote(name))
    if (at + 12 + length > bytes.length)
      malformed(where, `${length} bytes of PNG chunk ${name}`, `${bytes.length - at - 12}`)
    const content = bytes.subarray(at + 8, at + 8 + length)
    const whole = crc32(bytes.subarray(at + 4, at + 8 + length)) === view.getUint32(at + 8 + length)
    // A capital first letter marks a critical chunk.
    if (!whole && name < 'a') malformed(where, `PNG chunk ${name} with its checksum`, 'another: damaged')
    if (!header) {
      if (name !== 'IHDR' || length !== 13) malformed(where, 'PNG chunk IHDR', name)
      header = readHeader(view, maxPixels)
    } else if (name === 'IHDR') malformed(where, 'one PNG chunk IHDR', 'a second one')
    else if (name === 'PLTE') palette ??= checkedPalette(content, header, where)
    else if (name === 'IDAT') parts.push(content)
    else if (name === 'tRNS' && whole && parts.length === 0) transparency ??= fitting(content, header, palette)
    else if (name === 'eXIf' && whole) orientation ??= exifOrientation(content)
    else if (name < 'a' && name !== 'IEND') malformed(where, 'a PNG chunk of the standard', name)
    at += 12 + length
  }
  if (!header) malformed('decodeImage: byte 8', 'PNG chunk IHDR', 'none')
  if (header.type === 3 && !palette) malformed('decodeImage', 'PNG chunk PLTE, the palette', 'none')
  return { header, palette, transparency, data: concat(parts), orientation: orientation ?? 1 }
}

function readHeader(view: DataView, maxPixels: number): Header {
  const [width, height, depth, type] = [view.getUint32(16), view.getUint32(20), view.getUint8(24), view.getUint8(25)]
  const channels = CHANNELS[type]
  const largest = 2147483647
  if (width === 0 || height === 0 || width > largest || height > largest)
    malformed('decodeImage: byte 16', 'positive PNG sizes of 31 bits', `${width} x ${height}`)
  if (width * height > maxPixels)
    malformed('decodeImage: byte 16', `at most ${maxPixels} pixels (option maxPixels)`, `${width} x ${height}`)
  if (!channels) malformed('decodeImage: byte 25', 'a PNG colour type (0, 2, 3, 4 or 6)', `${type}`)
  if (![1, 2, 4, 8, 16].includes(depth) || (depth < 8 && channels > 1) || (depth === 16 && type === 3))
    malformed('decodeImage: byte 24', 'a bit depth this colour type has', `${depth}`)
  const [compression, filter, interlace] = [view.getUint8(26), view.getUint8(27), view.getUint8(28)]
  if (compression > 0 || filter > 0 || interlace > 1)
    malformed('decodeImage: byte 26', 'PNG methods 0, 0 and 0 or 1', `${compression}, ${filter} and ${interlace}`)
  return { width, height, depth, type, channels, interlaced: interlace === 1 }
}

/** Checks a palette. For other colour types a palette is only a suggestion, and ignored. */
function checkedPalette(content: Uint8Array, { type, depth }: Header, where: string): Uint8Array | undefined {
  if (type !== 3) return undefined
  const colours = content.length / 3
  if (!Number.isInteger(colours) || colours < 1 || colours > 1 << depth)
    malformed(where, `a PNG palette of 1 to ${1 << depth} colours`, `${content.length} bytes`)
  return content
}

/** Returns transparency that fits the colour type; otherwise undefined. */
function fitting(content: Uint8Array, { type }: Header, palette: Uint8Array | undefined): Uint8Array | undefined {
  const fits =
    type === 3 ? palette && content.length <= palette.length / 3 : content.length === ({ 0: 2, 2: 6 } as never)[type]
  return fits ? content : undefined
}
