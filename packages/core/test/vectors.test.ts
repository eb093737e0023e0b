import { expect, test } from '@jest/globals'
import { mean, meanAndDeviation, median, quantile, range, standardDeviation } from '../src/experiment.ts'
import { allFinite, dot, norm, nrm2, sum } from '../src/index.ts'

test('vectors are added up in order', () => {
  expect(dot([1, 2, 3], Float64Array.of(4, 5, 6))).toBe(32)
  expect(sum([1e16, 1, -1e16])).toBe(0)
  expect(norm([3, 4])).toBe(5)
})

test('nrm2 has the bits of norm where squares fit, and is right where they do not', () => {
  expect(nrm2([1.1, -2.3, 0.7])).toBe(norm([1.1, -2.3, 0.7]))
  expect([nrm2([]), nrm2([0, 0]), nrm2([-3e-320, 4e-320])]).toEqual([0, 0, 5e-320])
  expect(nrm2([3e200, -4e200]) / 5e200).toBeCloseTo(1, 15)
  expect(nrm2(Float64Array.of(3e-200, 4e-200)) / 5e-200).toBeCloseTo(1, 15)
  expect([norm([3e200]), norm([3e-200])]).toEqual([Infinity, 0])
  expect([nrm2([1.5e308, 1.5e308]), nrm2([1, -Infinity])]).toEqual([Infinity, Infinity])
  expect(nrm2([1, NaN])).toBeNaN()
})

test('allFinite', () => {
  expect([allFinite([]), allFinite([1e308, -0])]).toEqual([true, true])
  expect([allFinite([1, NaN]), allFinite(Float32Array.of(-Infinity))]).toEqual([false, false])
})

test('statistics of a few numbers', () => {
  expect(mean([1, 2, 6])).toBe(3)
  expect(mean([])).toBeNaN()
  expect(standardDeviation([1, 2, 6])).toBeCloseTo(Math.sqrt(7), 14)
  expect(standardDeviation([4])).toBe(0)
  expect(meanAndDeviation([95, 96, 97])).toBe('96.00 +- 1.00')
  expect(meanAndDeviation([95], 1)).toBe('95.0')
  expect(range([0.313, 0.121])).toBe('0.12 to 0.31')
  expect(range([0.5, 0.5])).toBe('0.50')
  expect(range([1234, 0.00567], { significant: 2 })).toBe('0.0057 to 1.2e+3')
  expect(range([])).toBe('-')
})

test('quantiles are interpolated; the order of the values does not matter', () => {
  expect([0, 0.25, 0.5, 1].map((p) => quantile([30, 10, 20, 40, 50], p))).toEqual([10, 20, 30, 50])
  expect(quantile([1, 2], 0.25)).toBe(1.25)
  expect([median([5, 1, 3]), median([4, 1, 2, 3]), median([7])]).toEqual([3, 2.5, 7])
  expect([median([Infinity, 1, 2]), median([Infinity, Infinity, 1]), median([Infinity, 1])]).toEqual([
    2,
    Infinity,
    Infinity,
  ])
  expect([median([]), quantile([], 1)]).toEqual([NaN, NaN])
})
