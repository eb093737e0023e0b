import fc from 'fast-check'
import { decodeFloats, encodeFloats } from '../src/index.ts'

const bits = (values: Float32Array | Float64Array) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).join()

test.each([Float32Array, Float64Array])('%p comes back to the bit', (Kind) => {
  fc.assert(
    fc.property(fc.array(fc.double()), (values) => {
      const saved = Kind.from(values)
      const text = encodeFloats(saved)
      expect(text).toBe(Buffer.from(saved.buffer).toString('base64'))
      const restored = decodeFloats<Float32Array | Float64Array>(text, Kind, values.length, 'x')
      expect(bits(restored)).toBe(bits(saved))
    }),
  )
})

test('arrays longer than a piece, and views in the middle of a buffer', () => {
  const long = Float32Array.from({ length: 20000 }, (_, i) => i / 3)
  expect(decodeFloats(encodeFloats(long), Float32Array, 20000, 'x')).toEqual(long)
  const view = long.subarray(7, 10)
  expect(decodeFloats(encodeFloats(view), Float32Array, 3, 'x')).toEqual(view)
})

test('what is not base64 of that many numbers is refused by name', () => {
  const decode = (text: unknown) => () => decodeFloats(text, Float64Array, 2, 'state.x')
  expect(decode(encodeFloats(new Float64Array(1)))).toThrow('state.x must be base64 of 16 bytes, got 8 bytes')
  expect(decode('*')).toThrow('state.x must be base64 of 16 bytes, got "*"')
  expect(decode(undefined)).toThrow(new RangeError('state.x must be base64 of 16 bytes, got undefined'))
})
