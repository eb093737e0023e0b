import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { gunzip } from '../src/index.ts'
import { bytes, survives } from './helpers.ts'

const plain = (data: Uint8Array) => new Uint8Array(data)

test('gunzip reverses gzip, with one member or several', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(pieces, (parts) => {
      const file = Buffer.concat(parts.map((part) => gzipSync(part)))
      expect(plain(gunzip(file))).toEqual(plain(Buffer.concat(parts)))
    }),
  )
})

test('long data whose length is not in the header', () => {
  const long = new Uint8Array(3_000_000).map((_, i) => (i * i) % 251)
  expect(Buffer.compare(gunzip(gzipSync(long)), long)).toBe(0)
})

test('thousands of members', () => {
  const file = Buffer.concat(Array(20_000).fill(gzipSync('ab')))
  expect(gunzip(file).length).toBe(40_000)
})

test('a file cut short is refused, wherever it is cut', () => {
  const file = gzipSync('some text, some more text, some more text still'.repeat(5))
  for (let n = 0; n < file.length; n++) expect(() => gunzip(file.subarray(0, n))).toThrow(/^gunzip: /)
})

test('a false length in the trailer is refused, and not allocated', () => {
  const file = gzipSync('abc')
  file.fill(255, file.length - 4)
  expect(() => gunzip(file)).toThrow('expected checksum and length of the decompressed data')
})

test('damage is always detected', async () => {
  const text = bytes('the quick brown fox jumps over the lazy dog, '.repeat(9))
  const file = plain(gzipSync(text))
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
      const damaged = file.slice()
      damaged[at] = byte
      const out = await survives(() => gunzip(damaged), /^gunzip: /)
      if (out) expect(plain(out)).toEqual(text)
    }),
    { numRuns: 500 },
  )
})

test('other input is refused by name', () => {
  expect(() => gunzip(bytes('not a gzip file at all'))).toThrow('gunzip: byte 0: expected a gzip header (1f 8b)')
  expect(() => gunzip(new Uint8Array(0))).toThrow('found 0 bytes')
  expect(() => gunzip([31, 139] as never)).toThrow(TypeError)
})

test('the unpacked size is limited', () => {
  const file = gzipSync(new Uint8Array(100_000))
  expect(gunzip(file, { maxBytes: 100_000 }).length).toBe(100_000)
  expect(() => gunzip(file, { maxBytes: 99_999 })).toThrow(
    'gunzip: decompressed bytes: expected at most 99999 (option maxBytes), found more',
  )
})
