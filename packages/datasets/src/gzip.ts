import { Gunzip, inflateSync } from 'fflate'
import { type Bytes, bytesOf, concat, malformed } from './bytes.ts'

/** Bytes given to the decoder at a time: it copies what a member leaves over. */
const PIECE = 262144

let crcTable: Int32Array | undefined

function makeCrcTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1
    return n
  })
}

/** CRC-32 (ISO 3309), continued from `crc`. */
export function crc32(bytes: Uint8Array, crc = 0): number {
  const table = (crcTable ??= makeCrcTable())
  let c = ~crc
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]!) & 255]! ^ (c >>> 8)
  return ~c >>> 0
}

/** Adler-32 (RFC 1950). */
export function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (let i = 0; i < bytes.length; ) {
    // 3,000 steps keep b below 2^31.
    const stop = Math.min(i + 3000, bytes.length)
    while (i < stop) b += a += bytes[i++]!
    a %= 65521
    b %= 65521
  }
  return ((b << 16) | a) >>> 0
}

/**
 * Decompresses a gzip file (RFC 1952), of one member or several, and checks length and CRC-32 of each.
 *
 * @throws RangeError when the bytes are no gzip file, cut short, or damaged.
 */
export function gunzip(input: Bytes): Uint8Array {
  const bytes = bytesOf(input, 'gunzip')
  if (bytes.length < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b)
    malformed('gunzip: byte 0', 'a gzip header (1f 8b)', bytes.length < 18 ? `${bytes.length} bytes` : 'other bytes')
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) at += member(bytes.subarray(at), at, chunks)
  return concat(chunks)
}

/** Decompresses the first member of `bytes`, which stand at `place` in the file; returns how many bytes it takes. */
function member(bytes: Uint8Array, place: number, chunks: Uint8Array[]): number {
  const next = {}
  let end = bytes.length
  let crc = 0
  let length = 0
  // The streaming decoder grows its output as it goes: a length the file only claims is never allocated.
  const stream = new Gunzip((chunk) => {
    crc = crc32(chunk, crc)
    length += chunk.length
    chunks.push(chunk)
  })
  stream.onmember = (start) => {
    end = start
    throw next
  }
  try {
    for (let i = 0; i < bytes.length; i += PIECE) stream.push(bytes.subarray(i, i + PIECE), i + PIECE >= bytes.length)
  } catch (cause) {
    if (cause !== next)
      throw new RangeError(`gunzip: the compressed data is damaged or cut short (${(cause as Error).message})`, {
        cause,
      })
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

/** Decompresses a zlib stream (RFC 1950) and checks its Adler-32. */
export function unzlib(bytes: Uint8Array, where: string): Uint8Array {
  const [method = 0, flags = 0] = bytes
  if (bytes.length < 8 || (method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0)
    malformed(where, 'a zlib stream', bytes.length < 8 ? `${bytes.length} bytes` : 'another header')
  let plain: Uint8Array
  try {
    plain = inflateSync(bytes.subarray(2, -4))
  } catch (cause) {
    throw new RangeError(`${where}: the compressed data is damaged or cut short (${(cause as Error).message})`, {
      cause,
    })
  }
  const end = bytes.length - 4
  const expected = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(end)
  if (adler32(plain) !== expected) malformed(where, 'data with the checksum the stream ends with', 'another: damaged')
  return plain
}
