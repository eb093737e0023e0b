import { readdirSync, readFileSync } from 'node:fs'
import { golden } from '@opt/testing'
import { decodeImage, detectFormat } from '../src/index.ts'
import { crc32 } from '../src/input/checksums.ts'
import { fromBase64 } from './helpers.ts'

// Small files made for this test: what cameras, editors and old encoders write; expected pixels by Pillow and Chromium.
const folder = new URL('pictures/', import.meta.url)
const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)))
const known = readdirSync(folder).filter((name) => name.endsWith('.expected.json'))

test.each(known)('%s', async (name) => {
  const { width, height, channels, data } = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
  const picture = await decodeImage(bytesOf(name.replace('.expected.json', '')))
  expect(picture).toMatchObject({ width, height, channels })
  expect(picture.data.length).toBe(data.length)
  picture.data.forEach((value, i) => {
    expect(Math.abs(value - data[i])).toBeLessThanOrEqual(2)
  })
})

test('restart markers change no bit of a progressive JPEG', async () => {
  const twin = await decodeImage(bytesOf('progressive-restart-7.twin-without-restarts.jpg'))
  expect(await decodeImage(bytesOf('progressive-restart-7.jpg'))).toEqual(twin)
})

const more = golden(import.meta.url, 'more-pictures.json').pictures as Record<
  string,
  { file: string; width: number; height: number; channels: number; crc: number }
>
test.each(Object.entries(more))(
  '%s, to the bit as libjpeg and libpng decode it',
  async (_, { file, crc, ...about }) => {
    const picture = await decodeImage(fromBase64(file))
    expect(picture).toMatchObject(about)
    expect(crc32(picture.data)).toBe(crc)
  },
)

describe('unsupported pictures are refused by name', () => {
  const jpeg = fromBase64(more['p17x33-420-0.jpg']!.file)
  const frame = jpeg.findIndex((byte, k) => byte === 0xff && jpeg[k + 1] === 0xc0)
  const changed = (at: number, byte: number) => jpeg.with(frame + at, byte)

  test.each([
    [changed(4, 12), 'expected a JPEG of 8 bits, found 12 bits'],
    [changed(1, 0xc9), 'found marker ffc9 (arithmetic coding)'],
    [changed(1, 0xc3), 'found marker ffc3 (lossless)'],
    [changed(1, 0xc5), 'found marker ffc5 (hierarchical)'],
  ])('%#', async (file, message) => {
    await expect(decodeImage(file)).rejects.toThrow(message)
  })
})

test('the height may follow the first scan', async () => {
  const jpeg = fromBase64(more['p17x33-420-0.jpg']!.file)
  const frame = jpeg.findIndex((byte, k) => byte === 0xff && jpeg[k + 1] === 0xc0)
  const later = jpeg.with(frame + 5, 0).with(frame + 6, 0)
  const whole = [...later.subarray(0, -2), 0xff, 0xdc, 0, 4, 0, 33, 0xff, 0xd9]
  expect(await decodeImage(Uint8Array.from(whole))).toEqual(await decodeImage(jpeg))
  await expect(decodeImage(later)).rejects.toThrow('expected positive JPEG sizes, found 17 x 0')
})

test('pixels are limited before allocation', async () => {
  const png = bytesOf('broken-iccp.png')
  const { width, height } = await decodeImage(png)
  expect((await decodeImage(png, { maxPixels: width * height })).width).toBe(width)
  for (const file of [png, bytesOf('rgb-adobe-transform-0.jpg')])
    await expect(decodeImage(file, { maxPixels: 9 })).rejects.toThrow('expected at most 9 pixels (option maxPixels)')
  await expect(decodeImage(png, { maxPixels: 0 })).rejects.toThrow('decodeImage: maxPixels must be')
})

test('names of chunks are escaped', async () => {
  const file = Uint8Array.from(Buffer.from('89504e470d0a1a0a000000031b5b324a6162636465666768', 'hex'))
  expect(detectFormat(file)).toBe('png')
  await expect(decodeImage(file)).rejects.toThrow('expected the name of a PNG chunk, found "\\u001b[2J"')
})
