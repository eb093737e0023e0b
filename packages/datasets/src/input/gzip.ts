import { options as optionsOf } from '@opt/core'
import { Gunzip, Inflate } from 'fflate'
import { type Bytes, bytesOf, concat, malformed } from './bytes.ts'
import { adler32, crc32 } from './checksums.ts'
import { foreignBytes } from './foreign.ts'
import { type Limits, unpackedLimit, within } from './limits.ts'

/**
 * Bytes given to the decoder at a time: it never holds more than what these unpack to, about a thousand times
 * as many.
 */
const PIECE = 16384

/**
 * Decompresses a gzip file (RFC 1952), of one member or several, and checks length and CRC-32 of each.
 *
 * @throws RangeError when the bytes are no gzip file, cut short or damaged, or unpack to more than `maxBytes`
 * (default a hundred times their number, between 2^25 and 2^29).
 */
export function gunzip(input: Bytes, options: Pick<Limits, 'maxBytes'> = {}): Uint8Array {
  const bytes = bytesOf(input, 'gunzip')
  const most = unpackedLimit(optionsOf(options, 'gunzip: options', ['maxBytes']), bytes.length, 'gunzip')
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

/** Decompresses the first member of `bytes`, which begin at `offset` in the file; returns its length in bytes. */
function member(bytes: Uint8Array, offset: number, onChunk: (chunk: Uint8Array) => void): number {
  const next = {}
  let end = bytes.length
  let crc = 0
  let length = 0
  const stream = new Gunzip((chunk) => {
    crc = crc32(chunk, crc)
    length += chunk.length
    deliver(onChunk, chunk)
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
      `gunzip: byte ${offset + Math.max(0, end - 8)}`,
      'checksum and length of the decompressed data',
      'others: damaged or cut short',
    )
  return end
}

/** An error of the receiver of the data, as opposed to one of the compressed bytes. */
class ReceiverError {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

function deliver(onChunk: (chunk: Uint8Array) => void, chunk: Uint8Array): void {
  try {
    if (chunk.length > 0) onChunk(chunk)
  } catch (reason) {
    throw new ReceiverError(reason)
  }
}

function damaged(where: string, cause: unknown): never {
  if (cause instanceof ReceiverError) throw cause.reason
  throw new RangeError(`${where}: the compressed data is damaged or cut short (${(cause as Error).message})`, { cause })
}

/**
 * Decompresses a zlib stream (RFC 1950) piece by piece and checks its Adler-32. Bytes after the stream are ignored.
 *
 * @param onChunk receives each piece; what it throws ends the decompression.
 */
export function unzlibTo(bytes: Uint8Array, where: string, onChunk: (chunk: Uint8Array) => void): void {
  const [method = 0, flags = 0] = bytes
  if (bytes.length < 8 || (method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0)
    malformed(where, 'a zlib stream', bytes.length < 8 ? `${bytes.length} bytes` : 'another header')
  let adler = 1
  const stream = new Inflate((chunk) => {
    adler = adler32(chunk, adler)
    deliver(onChunk, chunk)
  })
  try {
    for (let i = 2; i < bytes.length; i += PIECE) stream.push(bytes.subarray(i, i + PIECE), i + PIECE >= bytes.length)
  } catch (cause) {
    damaged(where, cause)
  }
  // The decoder does not report where the stream ended, so the checksum is searched for from the end.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = bytes.length - 4; at >= 2; at--) if (view.getUint32(at) === adler) return
  malformed(where, 'data with the checksum the stream ends with', 'another: damaged')
}

/**
 * Decompresses a zlib stream as a whole.
 *
 * @param checkLength receives the length so far, and may throw.
 */
export function unzlib(bytes: Uint8Array, where: string, checkLength: (length: number) => void): Uint8Array {
  const chunks: Uint8Array[] = []
  let length = 0
  unzlibTo(bytes, where, (chunk) => {
    checkLength((length += chunk.length))
    chunks.push(chunk)
  })
  return concat(chunks)
}
