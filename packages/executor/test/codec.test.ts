import fc from 'fast-check'
import { decode, decodeOutcome, encode, encodeOutcome } from '../src/node/cluster/codec.ts'

const trip = (value: unknown) => decode(encode(value))

test('numbers come back to the bit', () => {
  fc.assert(
    fc.property(fc.float64Array(), fc.bigInt(), fc.double(), (array, big, number) => {
      const [a, b, n] = trip([array, big, number]) as [Float64Array, bigint, number]
      expect(new BigUint64Array(a.buffer)).toEqual(new BigUint64Array(array.slice().buffer))
      expect(b).toBe(big)
      expect(Object.is(n, number)).toBe(true)
    }),
    { numRuns: 500, seed: 1 },
  )
})

test('NaN, -0, infinities, undefined, holes, Map, Set, Date, Error, cycles', () => {
  const value = {
    list: [Number.NaN, -0, Number.POSITIVE_INFINITY, undefined, null, ''],
    map: new Map([[1, new Set([2n])]]),
    date: new Date(5),
  }
  expect(trip(value)).toEqual(value)
  expect(Object.is((trip([-0]) as number[])[0], -0)).toBe(true)
  expect(trip(new RangeError('r', { cause: 'c' }))).toMatchObject({ name: 'RangeError', message: 'r', cause: 'c' })
  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  const back = trip(cycle) as typeof cycle
  expect(back.self).toBe(back)
})

test('arrays keep the buffers they share, and no others', () => {
  const whole = Float64Array.of(1, 2, 3)
  const [a, b] = trip([whole, whole.subarray(1)]) as [Float64Array, Float64Array]
  a[1] = 7
  expect(b[0]).toBe(7)
  expect(a.buffer.byteLength).toBe(24)
  for (const array of [
    Float32Array.of(1),
    Int8Array.of(-1),
    BigInt64Array.of(-5n),
    new Uint8ClampedArray(2),
    new DataView(new ArrayBuffer(2)),
  ])
    expect(trip(array)).toEqual(array)
})

test('what cannot be cloned is refused', () => {
  expect(() => encode(() => 1)).toThrow(/could not be cloned/)
  expect(() => encode({ deep: [Symbol('s')] })).toThrow(/could not be cloned/)
})

test('errors are encoded with kind, message, stack and causes', () => {
  const thrown = new RangeError('outer', { cause: new Error('middle', { cause: { plain: 1 } }) })
  const { error } = decodeOutcome(encodeOutcome({ error: thrown })) as { error: Error }
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({
    message: 'outer',
    stack: thrown.stack,
    cause: { message: 'middle', cause: { plain: 1 } },
  })
  class OwnError extends Error {}
  expect(decodeOutcome(encodeOutcome({ error: new OwnError('own') }))).toMatchObject({
    error: { name: 'Error', message: 'own' },
  })
  const circle = new Error('circle')
  circle.cause = circle
  expect(decodeOutcome(encodeOutcome({ error: circle }))).toMatchObject({ error: { message: 'circle' } })
  for (const error of [undefined, null, 'text', 7, { code: 3 }])
    expect(decodeOutcome(encodeOutcome({ error }))).toEqual({ error })
})

test('unreadable bytes give an error', () => {
  const { error } = decodeOutcome(Uint8Array.of(255, 15, 1, 2)) as { error: Error }
  expect(error.message).toMatch(/^Node v\d+\.\d+\.\d+ cannot read what the worker process sent$/)
})
