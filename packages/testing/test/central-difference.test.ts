import { centralDifference } from '../src/index.ts'

test('the slope of each entry, and x is put back', () => {
  const x = Float64Array.of(3, -0.1)
  const f = ([a, b]: Float64Array) => a * a * b
  expect(centralDifference(f, x, 0)).toBeCloseTo(2 * 3 * -0.1, 9)
  expect(centralDifference(() => f(x), x, 1, 1e-3)).toBeCloseTo(9, 9)
  const broken = () => {
    throw new Error('broken')
  }
  expect(() => centralDifference(broken, x, 1)).toThrow('broken')
  expect([...x]).toEqual([3, -0.1])
})
