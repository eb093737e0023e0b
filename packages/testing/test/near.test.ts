import { distance, golden, near } from '../src/index.ts'

test('golden reads the file beside the test', () => {
  const { values } = golden<{ values: [number, number[]] }>(import.meta.url, 'nested.json')
  near(values, [1, 2, 3], {})
})

describe('near', () => {
  test('each tolerance allows what it says, to the boundary', () => {
    near([1, 1024], [1.5, 1023.5], { absolute: 0.5 })
    near([3, 300], [2, 200], { relative: 0.5 })
    near([0, 300], [100, 200], { ofLargest: 0.5 })
    expect(() => near([1, 1024], [1.5, 1023], { absolute: 0.5 })).toThrow(
      /^near: entry 1 is 1024, expected 1023 within 0.5$/,
    )
    expect(() => near([3, 301], [2, 200], { relative: 0.5, label: 'w' })).toThrow(/^w: entry 1 is 301/)
    expect(() => near([0, 301], [100, 200], { ofLargest: 0.5 })).toThrow('within 100')
  })

  test('NaN and infinities are near themselves only', () => {
    const odd = [Number.NaN, Infinity, -Infinity]
    near(odd, odd, {})
    for (const a of [...odd, 0])
      for (const b of [...odd, 0]) if (!Object.is(a, b)) expect(() => near(a, b, { absolute: 1e300 })).toThrow()
  })

  test('lengths must agree', () => {
    expect(() => near([1, 2], [1], { absolute: 9 })).toThrow('near: 2 numbers, expected 1')
  })
})

test('distance is the largest difference', () => {
  expect(distance(Float64Array.of(1, 2, 3), [[1, 2.5], [2.75]])).toBe(0.5)
  expect(distance([1], [1, 2])).toBe(Infinity)
  expect(distance([1, Number.NaN, 2], [1, 1, 2])).toBe(Infinity)
})
