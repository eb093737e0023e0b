import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { rSquared } from '../src/index.ts'

const naive = (f: number[], y: number[], k: number) => {
  const mean = Array.from({ length: k }, (_, j) => {
    const column = y.filter((_v, i) => i % k === j)
    return column.reduce((sum, v) => sum + v, 0) / column.length
  })
  const residual = y.reduce((sum, v, i) => sum + (v - f[i]) ** 2, 0)
  return 1 - residual / y.reduce((sum, v, i) => sum + (v - mean[i % k]) ** 2, 0)
}

test('is 1 - residuals / deviations, at any magnitude', () => {
  const size = fc.constantFrom(1e-300, 1e-160, 1, 1e160, 1e300)
  const numbers = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
    minLength: 2,
    maxLength: 8,
  })
  fc.assert(
    fc.property(numbers, fc.constantFrom(1, 2), size, (pairs, k, scale) => {
      const [f, y] = [0, 1].map((side) => pairs.slice(0, pairs.length - (pairs.length % k)).map((pair) => pair[side]))
      const expected = naive(f, y, k)
      fc.pre(Number.isFinite(expected))
      const given = (values: number[]) => values.map((v) => v * scale)
      expect(rSquared(given(f), given(y), k)).toBeCloseTo(expected, 9)
    }),
    { numRuns: 1000 },
  )
})

test('equal targets give 1 or 0, and predictions far away the least double', () => {
  expect([rSquared([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]), rSquared([0.1, 0.1, 0.2], [0.1, 0.1, 0.1])]).toEqual([1, 0])
  expect([rSquared([0, 0], [0, 0]), rSquared([0, 1], [0, 0])]).toEqual([1, 0])
  expect(rSquared([1e300, 0], [0, 1e-300])).toBe(-Number.MAX_VALUE)
  expect(rSquared([-1e308, 1e308], [1e308, -1e308])).toBeCloseTo(-3, 12)
})

test('other lengths and numbers that are not finite are refused', () => {
  expect(() => rSquared([1], [1, 2])).toThrow('rSquared: predictions must be of length 2, got length 1')
  expect(() => rSquared([1, 2, 3], [1, 2, 3], 2)).toThrow('rSquared: targets must be rows of 2, got 3 numbers')
  expect(() => rSquared([NaN, 1], [1, 2])).toThrow('rSquared: predictions')
})
