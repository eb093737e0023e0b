import { gzipSync } from 'node:zlib'
import { golden } from '@opt/testing'
import { detectFormat, encodePng, parseFile } from '../src/index.ts'
import { bytes, fromBase64 } from './helpers.ts'

const idx = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 2, 5, 6])
const mat5 = fromBase64(golden(import.meta.url, 'mat5.json').plain)
const jpeg = fromBase64(golden(import.meta.url, 'pictures.json').pictures['baseline 4:4:4'].file)
const png = await encodePng({ width: 1, height: 1, channels: 3, data: [1, 2, 3] })

const FILES: [string, Uint8Array][] = [
  ['idx', idx],
  ['mat5', mat5],
  ['jpeg', jpeg],
  ['png', png],
  ['libsvm', bytes('+1 3:1 5:0.5\n-1 2:7\n')],
  ['libsvm', bytes('1 1:2 # comment\r\n')],
  ['csv', bytes('1 2 3\n4 5 6\n')],
  ['csv', bytes('time;10:30\n1;2')],
  ['csv', bytes('1,2\n3,4\n')],
]

test.each(FILES)('%s is seen by its contents, packed or not', async (format, file) => {
  expect(detectFormat(file)).toBe(format)
  expect(detectFormat(gzipSync(file))).toBe('gzip')
  expect((await parseFile(file)).format).toBe(format)
  expect(await parseFile(gzipSync(file))).toEqual(await parseFile(file))
})

test.each([
  ['nothing', new Uint8Array(0), 'another'],
  ['blanks', bytes(' \n'), 'another'],
  ['control characters', Uint8Array.of(1, 2, 3), 'binary data'],
  ['zeros', new Uint8Array(200), 'binary data'],
])('%s is none of ours', async (_, file, found) => {
  expect(detectFormat(file)).toBeUndefined()
  await expect(parseFile(file)).rejects.toThrow(
    `parseFile: byte 0: expected a format this package reads, found ${found}`,
  )
})

test('gzip is unpacked once only', async () => {
  await expect(parseFile(gzipSync(gzipSync(idx)))).rejects.toThrow('found gzip within gzip')
})
