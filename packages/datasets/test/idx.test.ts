import fc from 'fast-check'
import { type IdxData, idxArray, parseIdx } from '../src/index.ts'
import { packed, survives } from './helpers.ts'

const KINDS = {
  8: { size: 1, put: 'setUint8', Kind: Uint8Array, value: fc.integer({ min: 0, max: 255 }) },
  9: { size: 1, put: 'setInt8', Kind: Int8Array, value: fc.integer({ min: -128, max: 127 }) },
  11: { size: 2, put: 'setInt16', Kind: Int16Array, value: fc.integer({ min: -32768, max: 32767 }) },
  12: { size: 4, put: 'setInt32', Kind: Int32Array, value: fc.integer() },
  13: { size: 4, put: 'setFloat32', Kind: Float32Array, value: fc.float() },
  14: { size: 8, put: 'setFloat64', Kind: Float64Array, value: fc.double() },
} as const

type Type = keyof typeof KINDS

function idxFile(type: Type, shape: number[], values: number[]): Uint8Array {
  const { size, put } = KINDS[type]
  return Uint8Array.from([
    0,
    0,
    type,
    shape.length,
    ...packed(shape, 4, 'setUint32', false),
    ...packed(values, size, put, false),
  ])
}

const files = fc
  .tuple(
    fc.constantFrom(...(Object.keys(KINDS).map(Number) as Type[])),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  )
  .chain(([type, shape]) => {
    const count = shape.reduce((p, n) => p * n, 1)
    return fc.record({
      type: fc.constant(type),
      shape: fc.constant(shape),
      values: fc.array(KINDS[type].value as fc.Arbitrary<number>, { minLength: count, maxLength: count }),
    })
  })

test('every type and rank comes back as it was written', () => {
  fc.assert(
    fc.property(files, ({ type, shape, values }) => {
      const file = idxFile(type, shape, values)
      const before = file.slice()
      const idx = parseIdx(file)
      expect(idx.shape).toEqual(shape)
      expect(idx.data).toEqual(KINDS[type].Kind.from(values))
      expect(file).toEqual(before)
    }),
  )
})

test('bytes may stand at an odd offset of their buffer, or be a bare ArrayBuffer', () => {
  const file = idxFile(14, [2], [1.5, -2])
  const inside = new Uint8Array(file.length + 3)
  inside.set(file, 3)
  expect([...parseIdx(inside.subarray(3)).data]).toEqual([1.5, -2])
  expect([...parseIdx(file.slice().buffer).data]).toEqual([1.5, -2])
})

test('idxArray is a row-major ndarray', () => {
  const array = idxArray(parseIdx(idxFile(12, [2, 3], [1, 2, 3, 4, 5, 6])))
  expect(array.shape).toEqual([2, 3])
  expect(array.get(1, 0)).toBe(4)
})

test('the result does not share memory with the bytes', () => {
  const file = idxFile(8, [2], [1, 2])
  const { data } = parseIdx(file)
  data[0] = 9
  expect(file[8]).toBe(1)
})

test('a file cut short or too long is refused, wherever it is cut', () => {
  const file = idxFile(11, [2, 3], [1, 2, 3, 4, 5, 6])
  for (let n = 0; n < file.length; n++) expect(() => parseIdx(file.subarray(0, n))).toThrow(RangeError)
  expect(() => parseIdx(file.subarray(0, 20))).toThrow(
    'parseIdx: byte 12: expected 12 bytes for shape [2,3], found 8 bytes (the file is cut short)',
  )
  expect(() => parseIdx(Uint8Array.from([...file, 0]))).toThrow('found 13 bytes')
})

test('a false header allocates nothing', () => {
  const huge = Uint8Array.from([0, 0, 14, 3, ...Array(12).fill(255)])
  expect(() => parseIdx(huge)).toThrow('cut short')
  const endless = Uint8Array.from([0, 0, 14, 255, ...Array(255 * 4).fill(255)])
  expect(() => parseIdx(endless)).toThrow('cut short')
})

test('other headers are refused by name', () => {
  expect(() => parseIdx(Uint8Array.from([1, 0, 8, 0]))).toThrow('parseIdx: byte 0: expected two zero bytes, found 1 0')
  expect(() => parseIdx(Uint8Array.from([0, 0, 10, 0, 1]))).toThrow('parseIdx: byte 2: expected an element type')
  expect(() => parseIdx('text' as never)).toThrow(TypeError)
  expect(() => parseIdx(null as never)).toThrow('parseIdx: bytes must be a Uint8Array or an ArrayBuffer, got null')
})

test('random damage gives an error or data of the shape it claims', async () => {
  await fc.assert(
    fc.asyncProperty(files, fc.nat(), fc.integer({ min: 0, max: 255 }), async ({ type, shape, values }, at, byte) => {
      const file = idxFile(type, shape, values)
      file[at % file.length] = byte
      const idx = await survives(() => parseIdx(file), /^parseIdx: byte \d+: /)
      if (idx) expect((idx.data as IdxData).length).toBe(idx.shape.reduce((p, n) => p * n, 1))
    }),
  )
})
