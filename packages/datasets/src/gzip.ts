import { Gunzip, Inflate } from 'fflate'
import { type Bytes, bytesOf, concat, malformed } from './bytes.ts'
import { adler32, crc32 } from './checksums.ts'
import { foreignBytes } from './foreign.ts'
import { type Limits, unpackedLimit, within } from './limits.ts'
import { knownOptions } from './options.ts'

/** Bytes given to the decoder at a time: what comes out of them at most (a thousand times as many) is all that it holds. */
const PIECE = 16384

/**
 * Decompresses a gzip file (RFC 1952), of one member or several, and checks length and CRC-32 of each.
 *
 * @throws RangeError when the bytes are no gzip file, cut short, damaged, or hold more than `maxBytes` (default
 * a hundred times their own number, between 2^25 and 2^29).
 */
export function gunzip(input: Bytes, options: Pick<Limits, 'maxBytes'> = {}): Uint8Array {
  const bytes = bytesOf(input, 'gunzip')
  const most = unpackedLimit(knownOptions(options, ['maxBytes'], 'gunzip'), bytes.length, 'gunzip')
  if (bytes.length < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b)
    malformed(
      'gunzip: byte 0',
      'a gzip header (1f 8b)',
      foreignBytes(bytes) ?? (bytes.length < 18 ? `${bytes.length} bytes` : 'other bytes'),
    )
  const chunks: Uint8Array[] = []
  let length = 0
  for (let at = 0; at < bytes.length; )
    at += member(bytes.subarray(at), at, (chunk) => {
      length += chunk.length
      within(length, most, 'maxBytes', 'gunzip: decompressed bytes')
      chunks.push(chunk)
    })
  return concat(chunks)
}

/** Decompresses the first member of `bytes`, which stand at `place` in the file; returns how many bytes it takes. */
function member(bytes: Uint8Array, place: number, take: (chunk: Uint8Array) => void): number {
  const next = {}
  let end = bytes.length
  let crc = 0
  let length = 0
  const stream = new Gunzip((chunk) => {
    crc = crc32(chunk, crc)
    length += chunk.length
    taken(take, chunk)
  })
  stream.onmember = (start) => {
    end = start
    throw next
  }
  try {
    for (let i = 0; i < bytes.length; i += PIECE) stream.push(bytes.subarray(i, i + PIECE), i + PIECE >= bytes.length)
  } catch (cause) {
    if (cause !== next) damaged('gunzip', cause)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (end < 18 || view.getUint32(end - 8, true) !== crc || view.getUint32(end - 4, true) !== length % 4294967296)
    malformed(
      `gunzip: byte ${place + Math.max(0, end - 8)}`,
      'checksum and length of the decompressed data',
      'others: damaged or cut short',
    )
  return end
}

/** What the receiver of the data threw: no fault of the compressed bytes. */
class Refused {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

function taken(take: (chunk: Uint8Array) => void, chunk: Uint8Array): void {
  try {
    if (chunk.length > 0) take(chunk)
  } catch (reason) {
    throw new Refused(reason)
  }
}

function damaged(where: string, cause: unknown): never {
  if (cause instanceof Refused) throw cause.reason
  throw new RangeError(`${where}: the compressed data is damaged or cut short (${(cause as Error).message})`, { cause })
}

/**
 * Decompresses a zlib stream (RFC 1950) piece by piece and checks its Adler-32. Bytes after the stream are passed over.
 *
 * @param take gets each piece, and may throw to end it.
 */
export function unzlibTo(bytes: Uint8Array, where: string, take: (chunk: Uint8Array) => void): void {
  const [method = 0, flags = 0] = bytes
  if (bytes.length < 8 || (method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0)
    malformed(where, 'a zlib stream', bytes.length < 8 ? `${bytes.length} bytes` : 'another header')
  let adler = 1
  const stream = new Inflate((chunk) => {
    adler = adler32(chunk, adler)
    taken(take, chunk)
  })
  try {
    for (let i = 2; i < bytes.length; i += PIECE) stream.push(bytes.subarray(i, i + PIECE), i + PIECE >= bytes.length)
  } catch (cause) {
    damaged(where, cause)
  }
  // The decoder does not say where the stream ended, so the checksum is looked for from the back.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = bytes.length - 4; at >= 2; at--) if (view.getUint32(at) === adler) return
  malformed(where, 'data with the checksum the stream ends with', 'another: damaged')
}

/** {@link unzlibTo} as one. */
export function unzlib(bytes: Uint8Array, where: string, hold: (length: number) => void): Uint8Array {
  const chunks: Uint8Array[] = []
  let length = 0
  unzlibTo(bytes, where, (chunk) => {
    hold((length += chunk.length))
    chunks.push(chunk)
  })
  return concat(chunks)
}
