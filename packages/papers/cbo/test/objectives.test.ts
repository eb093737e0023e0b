import fc from 'fast-check'
import { cooling, decay, differenceGradient, gradientDescent, langevin, objectives } from '../src/index.ts'

const all = {
  rastrigin: objectives.rastrigin(),
  ackley: objectives.ackley(),
  canyon: objectives.canyon(),
  doubleWell: objectives.doubleWell(),
  rosenbrock: objectives.rosenbrock(),
  himmelblau: objectives.himmelblau(),
  quadratic: objectives.quadratic({ curvature: [1, 3], minimizer: 0.5 }),
}

test.each(Object.entries(all))('%s: its gradient by differences, its minimiser', (_, f) => {
  const d = 2
  const lowest = f.minimizer(d)
  expect(Math.abs(f.value(lowest))).toBeLessThan(1e-14)
  fc.assert(
    fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: d, maxLength: d }), (x) => {
      if (Math.hypot(...x) < 1e-3 || (f === all.canyon && Math.abs(x[0] + 1.6 * x[1]) < 1e-3)) return
      const differences = differenceGradient(f.value, x)
      f.gradient(x).forEach((g, j) => expect(Math.abs(g - differences[j])).toBeLessThan(1e-4 * (1 + Math.abs(g))))
      expect(f.value(x)).toBeGreaterThanOrEqual(-1e-14)
    }),
    { seed: 1, numRuns: 150 },
  )
})

test('1 - cos is exact however small, and whole turns are removed exactly', () => {
  const { value } = objectives.rastrigin(1)
  for (const x of [1e-9, 1e-100]) expect(value([x]) / x / x).toBeCloseTo(1 + 2 * Math.PI ** 2, 10)
  expect(value([2 ** 40])).toBe(2 ** 80)
  expect(value([2 ** 52 + 1])).toBe((2 ** 52 + 1) ** 2)
  for (let t = -3; t < 3; t += 0.01) expect(value([t]) - t * t).toBeCloseTo(1 - Math.cos(2 * Math.PI * t), 13)
})

test('schedules', () => {
  const { sigma, alpha } = cooling({ sigma: 2, alpha: 50, every: 3 })
  expect([0, 2, 3, 6].map(sigma)).toEqual([2, 2, 2 / Math.log2(3), 1])
  expect([0, 2, 3, 6, 1e6].map(alpha)).toEqual([50, 50, 100, 200, 50 * 2 ** 991])
  const width = decay(1, { factor: 0.5, every: 4 })
  expect([0, 3, 4, 11].map(width)).toEqual([1, 1, 0.5, 0.25])
})

test('flows: a gradient by differences serves too; the canyon catches gradient descent', () => {
  const { value, gradient } = objectives.canyon()
  const [exact, differences] = [{ gradient }, {}].map((options) =>
    gradientDescent(value, [8, 8], { ...options, tolerance: 1e-4, maxIterations: 20_000, history: false }),
  )
  expect(exact.status).toBe('converged')
  expect(Math.max(...gradient(exact.x).map(Math.abs))).toBeLessThanOrEqual(1e-4)
  ;[2.3363, 2.4663].forEach((v, j) => {
    expect(exact.x[j]).toBeCloseTo(v, 3)
    expect(differences.x[j]).toBeCloseTo(v, 3)
  })
  expect(exact.value).toBeCloseTo(3.8623, 3)
  const noisy = langevin(value, [8, 8], { gradient, maxIterations: 100, sigma: 0 })
  const calm = gradientDescent(value, [8, 8], { gradient, maxIterations: 101 })
  expect(noisy.status).toBe('max-iterations')
  expect([...noisy.x]).toEqual([...calm.x])
})
