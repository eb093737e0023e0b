import { golden } from '@opt/testing'
import fc from 'fast-check'
import { encode } from 'fast-png'
import { decodeImage, encodePng } from '../src/index.ts'
import { bytes, fromBase64, survives } from './helpers.ts'

interface Case {
  file: string
  width: number
  height: number
  channels: number
  pixels: string
  tolerance: number
}
const { pictures } = golden(import.meta.url, 'pictures.json') as { pictures: Record<string, Case> }
const NAMED = /^decodeImage: /

test.each(Object.entries(pictures))('%s, as Pillow decodes it', async (_, { file, pixels, tolerance, ...about }) => {
  const input = fromBase64(file)
  const picture = await decodeImage(input)
  expect(picture).toMatchObject(about)
  expect(input).toEqual(fromBase64(file))
  const expected = fromBase64(pixels)
  expect(picture.data.length).toBe(expected.length)
  // What is under full transparency has no colour.
  const seen = (i: number) => about.channels === 3 || i % 4 === 3 || expected[i - (i % 4) + 3]! > 0
  const worst = expected.reduce((most, v, i) => (seen(i) ? Math.max(most, Math.abs(v - picture.data[i]!)) : most), 0)
  expect(worst).toBeLessThanOrEqual(tolerance)
})

test('a PNG comes back as it was written', async () => {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 3, 4))
  const cases = shapes.chain(([width, height, channels]) => {
    const count = width * height * channels
    return fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      channels: fc.constant(channels as 1 | 3 | 4),
      data: fc.uint8Array({ minLength: count, maxLength: count }),
    })
  })
  await fc.assert(
    fc.asyncProperty(cases, async (picture) => {
      const back = await decodeImage(await encodePng(picture))
      expect(back).toMatchObject({
        width: picture.width,
        height: picture.height,
        channels: Math.max(3, picture.channels),
      })
      const expected = picture.channels === 1 ? [...picture.data].flatMap((v) => [v, v, v]) : [...picture.data]
      expect([...back.data]).toEqual(expected)
    }),
  )
})

test('interlaced PNG', async () => {
  const data = new Uint8Array(11 * 7 * 3).map((_, i) => i % 256)
  const picture = { width: 11, height: 7, channels: 3, data }
  expect((await decodeImage(encode(picture, { interlace: 'Adam7' }))).data).toEqual(data)
})

test('encodePng rounds', async () => {
  const { data } = await decodeImage(await encodePng({ width: 2, height: 1, channels: 1, data: [0.4, 254.6] }))
  expect([...data]).toEqual([0, 0, 0, 255, 255, 255])
})

test.each([
  [{ width: 0, height: 1, channels: 3, data: [] }, 'encodePng: width must be a positive integer, got 0'],
  [{ width: 1, height: 1.5, channels: 3, data: [] }, 'encodePng: height must be a positive integer, got 1.5'],
  [{ width: 1, height: 1, channels: 2, data: [] }, 'encodePng: channels must be 1, 3 or 4, got 2'],
  [{ width: 1, height: 1, channels: 3, data: [1, 2] }, 'encodePng: data must be of length 3, got length 2'],
  [{ width: 1, height: 1, channels: 1, data: [256] }, 'encodePng: data[0] must be between 0 and 255, got 256'],
  [{ width: 1, height: 1, channels: 1, data: [Number.NaN] }, 'encodePng: data[0] must be between 0 and 255, got NaN'],
])('encodePng refuses %j', async (picture, message) => {
  await expect(encodePng(picture as never)).rejects.toThrow(message)
})

test('other bytes are refused by name', async () => {
  await expect(decodeImage(bytes('GIF89a  '))).rejects.toThrow(
    'decodeImage: byte 0: expected a JPEG or PNG signature, found a GIF picture',
  )
  await expect(decodeImage(new Uint8Array(0))).rejects.toThrow('found no bytes')
  await expect(decodeImage('x' as never)).rejects.toThrow(TypeError)
})

describe.each([
  'baseline 4:4:4',
  'progressive 4:4:4',
  'grey with restarts',
  'png rgb',
  'png palette 2 bits',
  'png 16 bits',
])('%s', (name) => {
  const file = fromBase64(pictures[name]!.file)

  test('is refused when cut short, wherever it is cut', async () => {
    for (let n = 0; n < file.length; n++) await expect(decodeImage(file.subarray(0, n))).rejects.toThrow(NAMED)
  })

  test('is refused when damaged, or has as many pixels as its header says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), async (at, byte) => {
        const damaged = file.slice()
        damaged[at] = byte
        const found = await survives(() => decodeImage(damaged), NAMED)
        if (found) expect(found.data.length).toBe(found.width * found.height * found.channels)
      }),
      { numRuns: 300 },
    )
  })
})

test('a false size allocates nothing', async () => {
  const jpeg = fromBase64(pictures['baseline 4:4:4']!.file)
  const frame = jpeg.findIndex((byte, k) => byte === 0xff && jpeg[k + 1] === 0xc0)
  jpeg.fill(0xff, frame + 5, frame + 9)
  await expect(decodeImage(jpeg)).rejects.toThrow('at most 100000000 pixels (option maxPixels), found 65535 x 65535')
  const png = fromBase64(pictures['png rgb']!.file)
  png.set([127, 255, 255, 255], 16)
  await expect(decodeImage(png)).rejects.toThrow(/^decodeImage: byte 8: expected PNG chunk IHDR with its checksum/)
})

test('a JPEG that lacks the scans of its colours', async () => {
  const jpeg = fromBase64(pictures['baseline 4:4:4']!.file)
  const scan = jpeg.findIndex((byte, k) => byte === 0xff && jpeg[k + 1] === 0xda)
  const bare = Uint8Array.from([...jpeg.subarray(0, scan), 0xff, 0xd9])
  await expect(decodeImage(bare)).rejects.toThrow('expected a scan for each colour of the JPEG, found none for 3')
})
