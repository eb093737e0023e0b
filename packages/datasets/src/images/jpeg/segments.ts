import { malformed, quote } from '../../input/bytes.ts'
import { exifOrientation } from '../orientation.ts'
import type { ColourHints } from './colour.ts'
import { type Frame, readFrame, type Scan } from './frame.ts'
import type { Huffman } from './huffman.ts'
import { readHuffman, readQuantisers, type Segment } from './tables.ts'

const [SOF0, SOF1, SOF2, SOF15, DHT, JPG, DAC, SOI, EOI, SOS, DQT, DNL, DRI] = [
  0xc0, 0xc1, 0xc2, 0xcf, 0xc4, 0xc8, 0xcc, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd,
]
const [APP0, APP1, APP14, APP15, COM] = [0xe0, 0xe1, 0xee, 0xef, 0xfe]

/** Far more than any encoder writes; a crafted file could otherwise take hours. */
const MAX_SCANS = 256

/** What the markers of a JPEG say. */
export interface Outline extends ColourHints {
  frame: Frame
  /** EXIF orientation, 1 when there is none. */
  orientation: number
}

/**
 * Reads the segments of a JPEG and passes its scans to `decode` one by one.
 *
 * Source: ITU-T T.81, annex B.
 */
export function readSegments(
  bytes: Uint8Array,
  maxPixels: number,
  decode: (frame: Frame, scan: Scan, quantisers: (Uint16Array | undefined)[]) => void,
): Outline {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const quantisers: (Uint16Array | undefined)[] = []
  const tables = { dc: [] as Huffman[], ac: [] as Huffman[] }
  let frame: Frame | undefined
  let orientation: number | undefined
  let jfif = false
  let adobe: number | undefined
  let interval = 0
  let scans = 0
  for (let at = 2; ; ) {
    const segment = segmentAt(view, at)
    const { marker, start, end } = segment
    const where = `decodeImage: byte ${segment.at}`
    at = end
    if (marker === EOI) break
    const name = (length: number) => String.fromCharCode(...bytes.subarray(start, Math.min(end, start + length)))
    if (marker === SOF0 || marker === SOF1 || marker === SOF2) {
      if (frame) malformed(where, 'one JPEG frame', 'a second one')
      const lines = end >= start + 3 && view.getUint16(start + 1) === 0 ? numberOfLines(view, end) : undefined
      frame = readFrame(view, { start, end, where, progressive: marker === SOF2 }, lines, maxPixels)
    } else if (marker === SOS) {
      if (!frame) malformed(where, 'a JPEG frame before its scans', 'none')
      if (++scans > MAX_SCANS) malformed(where, `at most ${MAX_SCANS} JPEG scans`, 'more')
      at = codedEnd(bytes, end)
      decode(frame, scanHeader(bytes, frame, segment, tables, { interval, start: end, end: at }), quantisers)
    } else if (marker === DHT) readHuffman(bytes, segment, where, tables)
    else if (marker === DQT) readQuantisers(view, segment, where, quantisers)
    else if (marker === DRI) {
      if (end - start !== 2) malformed(where, 'a JPEG restart interval of 2 bytes', `${end - start}`)
      interval = view.getUint16(start)
    } else if (marker === APP0) jfif ||= name(5) === 'JFIF\0'
    else if (marker === APP1) {
      // The first is the picture's own, whatever editors append.
      if (name(6) === 'Exif\0\0') orientation ??= exifOrientation(bytes.subarray(start + 6, end)) ?? 1
    } else if (marker === APP14) adobe = name(5) === 'Adobe' && end - start >= 12 ? bytes[start + 11] : adobe
    else if (marker !== DNL && marker !== COM && !(marker > APP1 && marker <= APP15)) unknown(where, marker)
  }
  if (!frame) malformed('decodeImage', 'a JPEG frame', 'none')
  const bare = frame.components.filter(({ samples, known }) => !samples && known[0] === -1).length
  if (bare > 0) malformed('decodeImage', 'a scan for each colour of the JPEG', `none for ${bare}`)
  return { frame, jfif, adobe, orientation: orientation ?? 1 }
}

function unknown(where: string, marker: number): never {
  const coding =
    marker > SOF2 && marker <= SOF15 && ![DHT, JPG, DAC].includes(marker)
      ? ` (${marker >= 0xc9 ? 'arithmetic coding' : marker === 0xc3 ? 'lossless' : 'hierarchical'})`
      : ''
  const found =
    marker === SOI ? 'the start of another one' : `marker ff${marker.toString(16).padStart(2, '0')}${coding}`
  return malformed(where, 'a baseline or progressive JPEG', found)
}

/** Returns the segment at `from`; fill bytes and stray bytes before its marker are skipped. */
function segmentAt(view: DataView, from: number): Segment {
  let at = from
  const byte = (place: number) => (place < view.byteLength ? view.getUint8(place) : undefined)
  while (byte(at) !== undefined && !(byte(at) === 0xff && ![0, 0xff].includes(byte(at + 1) ?? 0))) at++
  const where = `decodeImage: byte ${at}`
  const marker = byte(at + 1)
  if (marker === undefined) malformed(where, 'a JPEG marker', 'the end (the file is cut short)')
  // These have no length. A restart marker here follows coded data that end early or late.
  if (marker === EOI || (marker >= 0xd0 && marker < SOI) || marker === 1)
    return { marker, at, start: at + 2, end: at + 2 }
  const length = at + 4 <= view.byteLength ? view.getUint16(at + 2) : 0
  const end = at + 2 + length
  if (length < 2 || end > view.byteLength)
    malformed(where, `a JPEG segment of ${length} bytes`, `${view.byteLength - at - 2}`)
  return { marker, at, start: at + 4, end }
}

/** Returns the end of coded data: the next marker that is neither a stuffed zero nor a restart. */
function codedEnd(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length) {
    at = bytes.indexOf(0xff, at)
    if (at < 0) return bytes.length
    const next = bytes[at + 1]
    if (next === 0xff) at++
    else if (next === 0 || (next! & 0xf8) === 0xd0) at += 2
    else break
  }
  return Math.min(at, bytes.length)
}

/** Returns the height in a DNL marker after the first scan. */
function numberOfLines(view: DataView, from: number): number | undefined {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  for (let at = from; ; ) {
    const { marker, start, end } = segmentAt(view, at)
    if (marker === EOI) return undefined
    if (marker === DNL) return end - start === 2 ? view.getUint16(start) : undefined
    at = marker === SOS ? codedEnd(bytes, end) : end
  }
}

function scanHeader(
  bytes: Uint8Array,
  frame: Frame,
  { start, end, at }: Segment,
  tables: { dc: Huffman[]; ac: Huffman[] },
  data: { interval: number; start: number; end: number },
): Scan {
  const where = `decodeImage: byte ${at}`
  const count = bytes[start]!
  if (end - start !== 4 + 2 * count || count < 1 || count > 4)
    malformed(where, 'a JPEG scan header', `${end - start} bytes`)
  const components = Array.from({ length: count }, (_, k) => {
    const [id, places] = [bytes[start + 1 + 2 * k]!, bytes[start + 2 + 2 * k]!]
    const component = frame.components.find((one) => one.id === id)
    if (!component) malformed(where, 'a component of the JPEG frame', `${id}`)
    return { component, dc: tables.dc[places >> 4], ac: tables.ac[places & 15] }
  })
  if (new Set(components.map(({ component }) => component)).size !== count)
    malformed(where, 'a JPEG component once in a scan', 'twice')
  const [from, to, approximation] = [bytes[end - 3]!, bytes[end - 2]!, bytes[end - 1]!]
  const scan = { ...data, components, from, to, high: approximation >> 4, low: approximation & 15 }
  // A sequential JPEG has one band only, whatever its header says.
  if (!frame.progressive) return { ...scan, from: 0, to: 63, high: 0, low: 0 }
  checkBand(scan, where)
  return scan
}

/** Checks that a progressive scan holds the first bits of its coefficients, or the next bit of each. */
function checkBand({ components, from, to, high, low }: Scan, where: string): void {
  const dc = from === 0
  const ok = dc ? to === 0 : from <= to && to < 64 && components.length === 1
  if (!ok || low > 13 || (high > 0 && low !== high - 1))
    malformed(where, 'a band of a progressive JPEG', quote(`${from}-${to}, bits ${high}-${low}`))
  for (const { component } of components)
    for (let k = from; k <= to; k++) {
      if (component.known[k] !== (high === 0 ? -1 : high) || (k > 0 && component.known[0] === -1))
        malformed(where, 'scans of a JPEG in order of precision', 'others')
      component.known[k] = low
    }
}
