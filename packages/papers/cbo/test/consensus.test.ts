import fc from 'fast-check'
import { consensusPoint, objectives, proximalHop, smoothedObjective, stability } from '../src/index.ts'

const rows = fc.record({ d: fc.integer({ min: 1, max: 4 }), N: fc.integer({ min: 1, max: 12 }) }).chain(({ d, N }) =>
  fc.record({
    X: fc.array(fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: d, maxLength: d }), {
      minLength: N,
      maxLength: N,
    }),
    f: fc.array(fc.oneof(fc.double({ min: -50, max: 50, noNaN: true }), fc.constantFrom(NaN, Infinity)), {
      minLength: N,
      maxLength: N,
    }),
    alpha: fc.constantFrom(1e-3, 0.5, 30, 1e15),
  }),
)

test('a consensus is a mean of those with a value, on 1000 clouds', () => {
  fc.assert(
    fc.property(rows, ({ X, f, alpha }) => {
      const good = f.some((v) => v < Infinity)
      if (!good)
        return expect(() => consensusPoint(X, f, alpha)).toThrow('consensusPoint: values must be below Infinity')
      const { x, weights, effectiveSampleSize, freeEnergy } = consensusPoint(X, f, alpha)
      const valued = f.map((v, i) => (v < Infinity ? i : -1)).filter((i) => i >= 0)
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      f.forEach((v, i) => expect(weights[i] > 0 || !(v < Infinity) || alpha > 1).toBe(true))
      f.forEach((v, i) => !(v < Infinity) && expect(weights[i]).toBe(0))
      expect(effectiveSampleSize).toBeGreaterThanOrEqual(1 - 1e-12)
      expect(effectiveSampleSize).toBeLessThanOrEqual(valued.length + 1e-9)
      const least = Math.min(...valued.map((i) => f[i]))
      expect(freeEnergy).toBeGreaterThanOrEqual(least)
      expect(freeEnergy).toBeLessThanOrEqual(least + Math.log(X.length) / alpha + 1e-9)
      x.forEach((v, j) => {
        const column = valued.map((i) => X[i][j])
        expect(v).toBeGreaterThanOrEqual(Math.min(...column) - 1e-9)
        expect(v).toBeLessThanOrEqual(Math.max(...column) + 1e-9)
      })
    }),
    { seed: 1, numRuns: 1000 },
  )
})

test('ties share, -Infinity takes all', () => {
  const X = [[0], [1], [2], [3]]
  expect([...consensusPoint(X, [5, 5, 9, 9], 1e15).weights]).toEqual([0.5, 0.5, 0, 0])
  const { weights, freeEnergy } = consensusPoint(X, [5, -Infinity, NaN, -Infinity], 2)
  expect([...weights]).toEqual([0, 0.5, 0, 0.5])
  expect(freeEnergy).toBe(-Infinity)
})

describe('stability', () => {
  const settings = { lambda: 1, dt: 0.01, dimension: 20 } as const

  test('in mean square: 2 lambda > sigma^2, times d if isotropic, as dt vanishes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        (lambda, sigma, dimension) => {
          const dt = 1e-7
          for (const noise of ['anisotropic', 'isotropic'] as const) {
            const d = noise === 'isotropic' ? dimension : 1
            if (Math.abs(2 * lambda - d * sigma * sigma) < 1e-3) continue
            const { meanSquare } = stability({ lambda, sigma, dt, noise, dimension })
            expect(meanSquare).toBe(2 * lambda > d * sigma * sigma)
          }
        },
      ),
      { seed: 2, numRuns: 300 },
    )
  })

  test('almost surely: the thresholds of sigma sqrt(dt)', () => {
    // At lambda dt = 1 it is exp((gamma + log 2) / 2) = 1.8874.
    for (const [dt, threshold] of [
      [1e-9, 1.556],
      [0.01, 1.565],
      [0.1, 1.634],
      [1, 1.8874],
    ])
      for (const [factor, stable] of [
        [0.999, true],
        [1.001, false],
      ] as const)
        expect(
          stability({ ...settings, dt, sigma: (threshold / Math.sqrt(dt)) * factor, noise: 'anisotropic' }).almostSure,
        ).toBe(stable)
    const rate = stability({ ...settings, dt: 1e-4, sigma: 0.3, noise: 'isotropic' }).logRate / 1e-4
    expect(rate).toBeCloseTo(-1 + (18 * 0.09) / 2, 2)
  })

  test('the log rate by brute force: the mean over a grid of normals', () => {
    const { logRate } = stability({ lambda: 1, dt: 0.1, sigma: 4, noise: 'anisotropic', dimension: 1 })
    let [sum, total] = [0, 0]
    for (let z = -9 + 5e-6; z < 9; z += 1e-5) {
      const w = Math.exp((-z * z) / 2)
      sum += w * Math.log(Math.abs(0.9 + 4 * Math.sqrt(0.1) * z))
      total += w
    }
    expect(logRate).toBeCloseTo(sum / total, 4)
    const many = { lambda: 1, dt: 0.01, noise: 'isotropic', dimension: 3 } as const
    const near = stability({ ...many, sigma: 0.0221 }).logRate
    const far = stability({ ...many, sigma: 0.0219 }).logRate
    expect(Math.abs(near - far)).toBeLessThan(1e-7)
    expect(far).toBeCloseTo(Math.log(0.99), 5)
  })
})

describe('a hop is a gradient step', () => {
  test('the gradient of the smoothed objective, by finite differences', () => {
    for (const f of [objectives.rastrigin(), objectives.ackley(), objectives.quadratic()]) {
      const options = { alpha: 3, width: 0.4 }
      const { gradient, consensus } = smoothedObjective(f.value, [0.8], options)
      const [above, below] = [0.8 + 1e-4, 0.8 - 1e-4].map((mu) => smoothedObjective(f.value, [mu], options).value)
      expect(gradient[0]).toBeCloseTo((above - below) / 2e-4, 5)
      expect(consensus[0]).toBeCloseTo(0.8 - 3 * 0.16 * gradient[0], 12)
    }
    const options = { alpha: 2, width: 0.5 }
    const { value } = objectives.canyon()
    const { gradient } = smoothedObjective(value, [0.3, 0.7], options)
    for (const j of [0, 1]) {
      const at = (h: number) =>
        smoothedObjective(value, [0.3 + (j === 0 ? h : 0), 0.7 + (j === 1 ? h : 0)], options).value
      expect(gradient[j]).toBeCloseTo((at(0.02) - at(-0.02)) / 0.04, 2)
    }
  })

  test('it tends to the proximal point like 1 / alpha', () => {
    const f = objectives.rastrigin()
    const tau = 0.05
    // The proximal point of Rastrigin's function at 0.8, by a fine grid.
    const energy = (x: number) => f.value([x]) + (x - 0.8) ** 2 / (2 * tau)
    let prox = 0
    for (let x = 0; x < 1.5; x += 1e-6) if (energy(x) < energy(prox)) prox = x
    const errors = [100, 1000, 10_000].map(
      (alpha) => smoothedObjective(f.value, [0.8], { alpha, width: Math.sqrt(tau / alpha) }).consensus[0] - prox,
    )
    expect(errors[0] / errors[1]).toBeCloseTo(10, 0)
    expect(Math.abs(errors[2])).toBeLessThan(1e-4)
  })

  test('proximalHop estimates it within its sampling error, and says when it is cut short', () => {
    const f = objectives.quadratic({ curvature: [1, 4] })
    const exact = [2 / 1.1, 1.5 / 1.4]
    let inside = 0
    for (let seed = 0; seed < 50; seed++) {
      const hop = proximalHop(f.value, [2, 1.5], { tau: 0.1, alpha: 1, particles: 2000, random: seed })
      const error = Math.hypot(hop.x[0] - exact[0], hop.x[1] - exact[1])
      if (error < 2 * hop.samplingError) inside++
      expect(hop.gradient[0]).toBeCloseTo((2 - hop.x[0]) / 0.1, 12)
      expect(hop.smoothedObjective).toBeCloseTo((Math.log(1.1) + Math.log(1.4)) / 2 + 4 / 2.2 + (4 * 2.25) / 2.8, 0)
      expect(hop.reach).toBeLessThan(0.5)
    }
    expect(inside).toBeGreaterThan(40)
    const short = proximalHop(f.value, [20, 15], { tau: 1, alpha: 100, particles: 1000 })
    expect(short.effectiveSampleSize).toBeLessThan(10)
    expect(short.reach).toBeGreaterThan(0.7)
  })
})
