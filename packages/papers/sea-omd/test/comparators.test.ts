import { comparators } from '../src/index.ts'
import { gap, golden } from './golden.ts'

describe('golden comparators', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a case as the golden file has it
  golden('comparators').cases.forEach(({ kind, Z, y, radius, x, total, multiplier }: any, k: number) => {
    it(`${k}: ${kind}`, () => {
      const ours = comparators[kind === 'logistic' ? 'logistic' : 'leastSquares'](Z, y, { radius })
      expect(gap(ours.x, x)).toBeLessThan(1e-8)
      expect(Math.abs(ours.total - total)).toBeLessThan(1e-8)
      // The golden multiplier is that of the mean loss.
      if (multiplier !== undefined) expect(ours.multiplier / Z.length).toBeCloseTo(multiplier, 8)
    })
  })
})
