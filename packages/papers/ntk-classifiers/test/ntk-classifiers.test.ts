import fc from 'fast-check'
import { ntkClassifiers } from '../src/index.ts'

test('finds the minimum of a quadratic and does not change the start', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 8 }), (target) => {
      const start = target.map(() => 0)
      const { x, status } = ntkClassifiers((at) => at.map((v, i) => v - target[i]), start, { tolerance: 1e-9 })
      expect(status).toBe('converged')
      x.forEach((v, i) => expect(Math.abs(v - target[i])).toBeLessThan(1e-8))
      expect(start.every((v) => v === 0)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('refuses wrong arguments by name', () => {
  expect(() => ntkClassifiers((x) => x, [1], { learningRate: 0 })).toThrow(
    'ntkClassifiers: learningRate must be a positive number, got 0',
  )
  expect(() => ntkClassifiers((x) => x, [1], { learningrate: 1 } as object)).toThrow('did you mean learningRate?')
  expect(() => ntkClassifiers((x) => x, [Number.NaN])).toThrow('ntkClassifiers: x0[0] must be a finite number, got NaN')
  expect(() => ntkClassifiers(() => [1, 2], [1])).toThrow('ntkClassifiers: gradient must be of length 1, got length 2')
})
