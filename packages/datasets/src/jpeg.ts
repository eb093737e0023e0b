import { decode } from 'jpeg-js'
import { malformed } from './bytes.ts'
import type { Picture } from './image.ts'
import { exifOrientation, upright } from './orientation.ts'

const [SOF0, SOF2, DHT, EOI, SOS, DQT, DRI, APP0, APP1, APP15, COM] = [
  0xc0, 0xc2, 0xc4, 0xd9, 0xda, 0xdb, 0xdd, 0xe0, 0xe1, 0xef, 0xfe,
]

/** No picture is denser: every block of 8 x 8 takes at least one bit. */
const PIXELS_PER_BYTE = 512

/** Decodes a JPEG (baseline, extended or progressive; arithmetic coding and lossless are not supported). */
export function decodeJpeg(bytes: Uint8Array): Picture {
  const orientation = checkSegments(bytes)
  try {
    // The limits are the ones of checkSegments: what the file's own length allows.
    const { width, height, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: 4096,
      maxMemoryUsageInMB: 8192,
    })
    return upright({ width, height, channels: 3, data }, orientation)
  } catch (cause) {
    throw new RangeError(`decodeImage: the JPEG is damaged (${(cause as Error).message})`, { cause })
  }
}

/**
 * Goes through the file's segments, because jpeg-js recovers from damage in silence and trusts the header's sizes.
 *
 * @returns the EXIF orientation, 1 when there is none.
 * Source: ITU-T T.81, annex B.
 */
function checkSegments(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let orientation = 1
  let components: Set<number> | undefined
  for (let at = 2; ; ) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++
    const marker = bytes[at + 1]
    const where = `decodeImage: byte ${at}`
    if (bytes[at] !== 0xff || marker === undefined)
      malformed(where, 'a JPEG marker', at + 2 > bytes.length ? 'the end (the file is cut short)' : `${bytes[at]}`)
    if (marker === EOI) break
    const length = at + 4 <= bytes.length ? view.getUint16(at + 2) : 0
    const [start, end] = [at + 4, at + 2 + length]
    if (length < 2 || end > bytes.length)
      malformed(where, `a JPEG segment of ${length} bytes`, `${bytes.length - at - 2}`)
    if (marker >= SOF0 && marker <= SOF2) {
      if (components) malformed(where, 'one JPEG frame', 'a second one')
      components = frame(view, start, end, where)
    } else if (marker === SOS) {
      if (!components) malformed(where, 'a JPEG frame before its scans', 'none')
      for (let k = 0; k < bytes[start]! && start + 1 + 2 * k < end; k++) components.delete(bytes[start + 1 + 2 * k]!)
    } else if (marker === DHT) tables(start, end, where, (p) => 17 + sum(bytes.subarray(p + 1, p + 17)))
    else if (marker === DQT) tables(start, end, where, (p) => (bytes[p]! >> 4 ? 129 : 65))
    else if (marker === APP1) orientation = exifOrientation(bytes.subarray(start, end)) ?? orientation
    else if (marker !== DRI && marker !== COM && !(marker >= APP0 && marker <= APP15))
      malformed(where, 'a baseline or progressive JPEG', `marker ff${marker.toString(16).padStart(2, '0')}`)
    at = end
    // Coded data run to the next marker that is neither a stuffed zero nor a restart.
    if (marker === SOS)
      while (at < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] !== 0 && (bytes[at + 1]! & 0xf8) !== 0xd0)) at++
  }
  if (!components) malformed('decodeImage', 'a JPEG frame', 'none')
  if (components.size > 0) malformed('decodeImage', 'a scan for each colour of the JPEG', `none for ${components.size}`)
  return orientation
}

/** Checks the frame header and returns the identifiers of its components. */
function frame(view: DataView, start: number, end: number, where: string): Set<number> {
  const count = end - start >= 6 ? view.getUint8(start + 5) : 0
  if (count === 0 || end - start !== 6 + 3 * count) malformed(where, 'a JPEG frame header', `${end - start} bytes`)
  const [depth, height, width] = [view.getUint8(start), view.getUint16(start + 1), view.getUint16(start + 3)]
  if (depth !== 8) malformed(where, 'a JPEG of 8 bits', `${depth} bits`)
  if (width === 0 || height === 0) malformed(where, 'positive JPEG sizes', `${width} x ${height}`)
  if (width * height > PIXELS_PER_BYTE * view.byteLength + 64)
    malformed(where, `a JPEG of a size that ${view.byteLength} bytes can hold`, `${width} x ${height}`)
  const identifiers = new Set<number>()
  for (let p = start + 6; p < end; p += 3) {
    const factors = view.getUint8(p + 1)
    const [h, v] = [factors >> 4, factors & 15]
    if (h < 1 || h > 4 || v < 1 || v > 4) malformed(where, 'sampling factors between 1 and 4', `${h} x ${v}`)
    identifiers.add(view.getUint8(p))
  }
  if (identifiers.size !== count) malformed(where, 'JPEG components of different names', 'equal ones')
  return identifiers
}

const sum = (values: Uint8Array): number => values.reduce((total, value) => total + value, 0)

function tables(start: number, end: number, where: string, size: (at: number) => number): void {
  let at = start
  while (at < end) at += size(at)
  if (at !== end) malformed(where, 'whole JPEG tables', `${at - end} bytes too few`)
}
