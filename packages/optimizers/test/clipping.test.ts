import fc from 'fast-check'
import ndarray from 'ndarray'
import { clipByGlobalNormInPlace, clipByValueInPlace, globalNorm } from '../src/index.ts'

describe('clipping', () => {
  test('by value: every structure, nulls and gaps left alone', () => {
    const backing = Float32Array.of(5, 9, -5, 9)
    const list = [Float64Array.of(-3, 0.5, 3), null, ndarray(backing, [2], [2], 0)]
    clipByValueInPlace(list, 1)
    expect([...(list[0] as Float64Array)]).toEqual([-1, 0.5, 1])
    expect([...backing]).toEqual([1, 9, -1, 9])
  })

  test('by global norm: scales all together, returns the norm before', () => {
    const gradients = { a: Float64Array.of(3, 0), b: ndarray(Float64Array.of(0, 4), [1, 2]) }
    expect(clipByGlobalNormInPlace(gradients, 10)).toBe(5)
    expect([...gradients.a]).toEqual([3, 0])
    expect(clipByGlobalNormInPlace(gradients, 1)).toBe(5)
    expect(gradients.a[0]).toBeCloseTo(0.6, 15)
    expect(gradients.b.get(0, 1)).toBeCloseTo(0.8, 15)
  })

  test('the norm neither overflows nor underflows', () => {
    expect(globalNorm(Float64Array.of(3e200, 4e200))).toBeCloseTo(5e200, -186)
    expect(globalNorm([Float64Array.of(3e-200), Float64Array.of(4e-200)]) / 5e-200).toBeCloseTo(1, 14)
    expect(globalNorm(new Float64Array(3))).toBe(0)
    expect(globalNorm(null)).toBe(0)
    expect(globalNorm(Float64Array.of(1, Infinity))).toBe(Infinity)
    expect(globalNorm(Float64Array.of(1, NaN))).toBe(NaN)
  })

  test('clips at any size, together and entry by entry', () => {
    for (const size of [1e200, 1e-200]) {
      const gradients = [Float64Array.of(3 * size, 0), null, ndarray(Float64Array.of(0, 4 * size), [1, 2])] as const
      expect(clipByGlobalNormInPlace(gradients, 10 * size) / (5 * size)).toBeCloseTo(1, 14)
      expect(gradients[0][0]).toBe(3 * size)
      expect(clipByGlobalNormInPlace(gradients, size) / (5 * size)).toBeCloseTo(1, 14)
      expect(gradients[0][0] / size).toBeCloseTo(0.6, 14)
      expect(gradients[2].get(0, 1) / size).toBeCloseTo(0.8, 14)
      expect(globalNorm(gradients) / size).toBeCloseTo(1, 14)
      clipByValueInPlace(gradients, 0.7 * size)
      expect([gradients[0][0] / size, gradients[2].get(0, 1)]).toEqual([expect.closeTo(0.6, 14), 0.7 * size])
    }
    const far = Float64Array.of(3e200, 4e200)
    expect(clipByGlobalNormInPlace(far, 1e-200)).toBeCloseTo(5e200, -186)
    expect([far[0] / 1e-200, far[1] / 1e-200]).toEqual([expect.closeTo(0.6, 13), expect.closeTo(0.8, 13)])
  })

  test('the clipped norm is min(norm, maxNorm) and the direction stays', () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(numbers, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (values, maxNorm) => {
        const g = Float64Array.from(values)
        const norm = clipByGlobalNormInPlace(g, maxNorm)
        expect(globalNorm(g)).toBeLessThanOrEqual(maxNorm * (1 + 1e-12))
        if (norm > 1e-100) values.forEach((v, i) => expect(g[i]).toBeCloseTo((v * Math.min(norm, maxNorm)) / norm, 9))
      }),
    )
  })

  test('errors: a norm that is not finite, wrong limits, no gradients', () => {
    const g = Float64Array.of(1, NaN)
    expect(() => clipByGlobalNormInPlace(g, 1)).toThrow(
      /clipByGlobalNormInPlace: gradients must be of finite norm, got norm NaN/,
    )
    expect(g[0]).toBe(1)
    expect(() => clipByGlobalNormInPlace(g, 0)).toThrow(/maxNorm must be a positive number/)
    expect(() => clipByValueInPlace(g, -1)).toThrow(/clipByValueInPlace: limit must be a positive number/)
    expect(() => clipByValueInPlace([1, 2] as never, 1)).toThrow(/gradients\[0\] must be a float array/)
    expect(() => globalNorm({ a: 'x' } as never)).toThrow(/globalNorm: gradients\.a/)
  })
})
