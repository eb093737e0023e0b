import { distance, golden } from '@opt/testing'
import { comparators } from '../src/index.ts'

for (const [k, example] of golden(import.meta.url, 'comparators.json').cases.entries()) {
  const { kind, Z, y, radius, x, total, multiplier } = example
  test(`golden comparators ${k}: ${kind}`, () => {
    const ours = comparators[kind === 'logistic' ? 'logistic' : 'leastSquares'](Z, y, { radius })
    expect(distance(ours.x, x)).toBeLessThan(1e-8)
    expect(Math.abs(ours.total - total)).toBeLessThan(1e-8)
    // The golden multiplier is that of the mean loss.
    if (multiplier !== undefined) expect(ours.multiplier / Z.length).toBeCloseTo(multiplier, 8)
  })
}

test('finds the end of the ball that examples of any size point to', () => {
  for (const v of [1e-300, 1e-200, 1e-155, 1e-100, 1]) {
    const Z = [
      [v, v],
      [v, v],
    ]
    const { x, multiplier } = comparators.leastSquares(Z, [1, 2], { radius: 0.5 })
    expect(x[0]).toBeCloseTo(Math.SQRT1_2 / 2, 12)
    expect(x[1]).toBeCloseTo(Math.SQRT1_2 / 2, 12)
    expect(multiplier).toBeGreaterThanOrEqual(0)
  }
})
