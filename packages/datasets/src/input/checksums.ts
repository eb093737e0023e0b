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

/** Adler-32 (RFC 1950), continued from `adler`. */
export function adler32(bytes: Uint8Array, adler = 1): number {
  let a = adler & 65535
  let b = adler >>> 16
  for (let i = 0; i < bytes.length; ) {
    // 3,000 steps keep b below 2^31.
    const stop = Math.min(i + 3000, bytes.length)
    while (i < stop) b += a += bytes[i++]!
    a %= 65521
    b %= 65521
  }
  return ((b << 16) | a) >>> 0
}
