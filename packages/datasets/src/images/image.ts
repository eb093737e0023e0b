import { options as optionsOf, refuse, show } from '@opt/core'
import { type Bytes, bytesOf, malformed } from '../input/bytes.ts'
import { foreignBytes } from '../input/foreign.ts'
import { type Limits, limit } from '../input/limits.ts'
import type { Picture, PictureLike } from './picture.ts'

export const isPng = (bytes: Uint8Array): boolean =>
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, k) => bytes[k] === byte)

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff

/**
 * Decodes a JPEG or PNG picture, distinguished by the first bytes. The decoder is loaded when it is first needed.
 *
 * @returns RGB or, where the file has opacity, RGBA of 8 bits, turned upright according to the EXIF orientation.
 * @throws RangeError when the bytes are neither, damaged or cut short, or have more than `maxPixels` pixels (default
 * 100,000,000).
 */
export async function decodeImage(input: Bytes, options: Pick<Limits, 'maxPixels'> = {}): Promise<Picture> {
  const bytes = bytesOf(input, 'decodeImage')
  const maxPixels = limit(optionsOf(options, 'decodeImage: options', ['maxPixels']), 'maxPixels', 'decodeImage')
  if (isPng(bytes)) return (await import('./png/decode.ts')).decodePng(bytes, maxPixels)
  if (isJpeg(bytes)) return (await import('./jpeg/decode.ts')).decodeJpeg(bytes, maxPixels)
  const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return malformed(
    'decodeImage: byte 0',
    'a JPEG or PNG signature',
    foreignBytes(bytes) ?? (start === '' ? 'no bytes' : start),
  )
}

/**
 * Encodes a picture as PNG.
 *
 * @throws TypeError or RangeError when sizes and data do not match, or a value is outside 0..255.
 */
export async function encodePng(picture: PictureLike): Promise<Uint8Array> {
  const { width, height, channels, data } = optionsOf(picture, 'encodePng: picture')
  for (const [label, value] of Object.entries({ width, height }))
    if (!(Number.isInteger(value) && value > 0)) refuse(`encodePng: ${label}`, 'a positive integer', show(value))
  if (![1, 3, 4].includes(channels)) refuse('encodePng: channels', '1, 3 or 4', show(channels))
  const count = width * height * channels
  if (data?.length !== count) refuse('encodePng: data', `of length ${count}`, `length ${data?.length}`)
  const rounded = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const value = data[i]!
    if (!(typeof value === 'number' && value >= 0 && value <= 255))
      refuse(`encodePng: data[${i}]`, 'between 0 and 255', show(value))
    rounded[i] = Math.round(value)
  }
  const { encode } = await import('fast-png')
  return encode({ width, height, channels, data: rounded })
}
