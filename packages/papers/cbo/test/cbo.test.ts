import { random } from '@opt/core'
import { ball, box, simplex } from '@opt/sets'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { alphaOfSampleSize, type CboOptions, cbo, consensusPoint, objectives } from '../src/index.ts'

const { rastrigin, ackley, quadratic } = objectives
const floats = (text: string) => new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer)

test('a status is no lie: the median distance is recomputed from the saved cloud', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(1, 2, 5), (seed, d) => {
      const tolerance = 1e-4
      const { status, consensus, state, value, consensusValue, bestValue } = cbo(
        ackley().value,
        { dimension: d, mean: 2 },
        { random: seed, sigma: 3, tolerance, maxIterations: 3000, particles: 30, history: false },
      )
      expect(status).toBe('converged')
      const X = floats(state.positions)
      const lengths = Array.from({ length: 30 }, (_, i) =>
        Math.hypot(...Array.from({ length: d }, (_, j) => X[i * d + j] - consensus[j])),
      ).sort((a, b) => a - b)
      expect(lengths[14]).toBeLessThanOrEqual(tolerance * (1 + 1e-9))
      expect(value).toBe(Math.min(consensusValue, bestValue))
    }),
    { seed: 3, numRuns: 20 },
  )
})

describe('the move, against one written out', () => {
  const settings = fc.record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    d: fc.integer({ min: 1, max: 6 }),
    N: fc.integer({ min: 1, max: 9 }),
    sigma: fc.double({ min: 0, max: 9, noNaN: true }),
    lambda: fc.double({ min: 0, max: 20, noNaN: true }),
    dt: fc.double({ min: 1e-3, max: 0.1, noNaN: true }),
    alpha: fc.constantFrom(0.1, 10, 1e15),
    isotropic: fc.boolean(),
    batchSize: fc.integer({ min: 1, max: 9 }),
    partial: fc.boolean(),
    strength: fc.constantFrom(0, 0.3),
  })
  test('on 400 clouds', () => {
    fc.assert(
      fc.property(settings, ({ seed, d, N, sigma, lambda, dt, alpha, isotropic, batchSize, partial, strength }) => {
        const rng = random(seed)
        const X = Array.from({ length: N }, () => Array.from({ length: d }, () => rng.normal(0, 3)))
        const Z = Array.from({ length: N * d }, () => rng.normal())
        const order = [...rng.permutation(N)]
        const f = rastrigin()
        let at = 0
        const options: CboOptions = {
          sigma,
          lambda,
          dt,
          alpha,
          noise: isotropic ? 'isotropic' : 'anisotropic',
          batchSize,
          update: partial ? 'partial' : 'full',
          gradient: f.gradient,
          gradientStrength: strength,
          random: { normal: () => Z[at++ % Z.length], permutation: () => order },
        }
        const { history, state } = cbo(f.value, { positions: X }, { ...options, tolerance: 0, maxIterations: 2 })
        if (history.length < 2) return // no spread: it has converged
        const batch = batchSize < N ? order.slice(0, batchSize) : X.map((_, i) => i)
        const values = batch.map((i) => f.value(X[i]))
        const least = Math.min(...values)
        const weights = values.map((v) => Math.exp(-alpha * (v - least)))
        const total = weights.reduce((a, b) => a + b)
        const m = Array.from(
          { length: d },
          (_, j) => batch.reduce((sum, i, k) => sum + weights[k] * X[i][j], 0) / total,
        )
        const moved = X.map((x, i) => {
          if (partial && !batch.includes(i)) return x
          const D = x.map((v, j) => v - m[j])
          const length = Math.hypot(...D)
          const g = f.gradient(x)
          return x.map(
            (v, j) =>
              v -
              lambda * dt * D[j] +
              sigma * Math.sqrt(dt) * (isotropic ? length : Math.abs(D[j])) * Z[i * d + j] -
              strength * dt * g[j],
          )
        })
        const ours = floats(state.positions)
        moved.flat().forEach((v, k) => expect(Math.abs(ours[k] - v)).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(v))))
      }),
      { seed: 1, numRuns: 400 },
    )
  })
})

test('adding a constant to f, or shifting space, changes nothing but the answer', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(2 ** -20, 1, 2 ** 20), (seed, scale) => {
      const run = (constant: number, factor: number) =>
        cbo(
          (x) => (x[0] / factor - 1) * (x[0] / factor - 1) + Math.abs(x[1] / factor) + constant,
          { mean: [factor * 3, factor * 3], deviation: factor },
          { random: seed, particles: 20, maxIterations: 30, tolerance: 0, alpha: 1e15 },
        )
      const [plain, raised, scaled] = [run(0, 1), run(8, 1), run(0, scale)]
      // Rounding of f + 8 may tie particles: they are compared by the best.
      expect(Math.abs(raised.bestValue - 8 - plain.bestValue)).toBeLessThan(1)
      expect([...scaled.consensus]).toEqual([...plain.consensus].map((v) => v * scale))
    }),
    { seed: 5, numRuns: 60 },
  )
})

test('NaN and Infinity are worse than everything and never poison the cloud', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(NaN, Infinity), (seed, bad) => {
      const f = (x: Float64Array) => (x[0] < 0.5 ? bad : x[0] * x[0] + x[1] * x[1])
      const { x, value, history, state } = cbo(
        f,
        { lower: [-4, -4], upper: [4, 4] },
        { random: seed, sigma: 3, maxIterations: 150, particles: 40 },
      )
      expect(value).toBe(f(x))
      expect(x[0]).toBeGreaterThanOrEqual(0.5)
      expect(floats(state.positions).every(Number.isFinite)).toBe(true)
      for (const { consensus, best } of history) expect([...consensus, ...best].every(Number.isFinite)).toBe(true)
    }),
    { seed: 2, numRuns: 100 },
  )
  const { best, bestValue } = cbo((x) => (x[0] > 1 ? -Infinity : x[0]), [0], { particles: 200, maxIterations: 3 })
  expect(bestValue).toBe(-Infinity)
  expect(best[0]).toBeGreaterThan(1)
  // A batch without any value moves to the best point so far.
  let calls = 0
  const late = cbo(() => (calls++ < 10 ? calls : NaN), { mean: 0, dimension: 2 }, { particles: 10, maxIterations: 5 })
  expect([...late.history[4].consensus]).toEqual([...late.best])
  expect(late.history[4].effectiveSampleSize).toBe(0)
  // Nothing moves until some batch has a value.
  let asked = 0
  const rare = () => (++asked === 8 ? 3 : NaN)
  const lucky = cbo(rare, [0, 0], { particles: 8, batchSize: 3, maxIterations: 1 })
  expect([lucky.iterations, lucky.history[0].evaluations, lucky.bestValue]).toEqual([1, 8, 3])
  expect(() => cbo(() => NaN, [1, 2], { particles: 8, batchSize: 3 })).toThrow('at each of 8')
  expect(() => cbo(() => NaN, [1.5, 2], { particles: 3, random: 1 })).toThrow(
    /^cbo: f must be below Infinity at some particle, got NaN or Infinity at each of 3, one of them at \[/,
  )
})

test('every point at which f is evaluated is allowed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 5 }), (seed, d) => {
      const sets = [
        { set: box({ dimension: d, lower: -1, upper: 2 }), start: { mean: 0, dimension: d } },
        { set: simplex({ dimension: d }), start: { mean: 0, dimension: d } },
        { set: ball({ dimension: d, radius: 0.5 }), start: { mean: 3, dimension: d } },
      ]
      for (const { set, start } of sets) {
        let outside = 0
        const f = (x: Float64Array) => {
          if (!set.contains(x, 1e-9)) outside++
          return x.reduce((sum, v, j) => sum + (v - j) * (v - j), 0)
        }
        const asFunction = (x: Float64Array) => set.project(x)
        const options = { random: seed, particles: 12, maxIterations: 15, tolerance: 0 }
        const [one, other] = [set, asFunction].map((project) => cbo(f, start, { ...options, project }))
        expect([...other.x]).toEqual([...one.x])
        expect(set.contains(one.x, 1e-9)).toBe(true)
        expect(outside).toBe(0)
      }
      let outside = 0
      const within = (x: Float64Array) => {
        if (x.some((v) => !(v >= -1 && v <= 0.5))) outside++
        return -x[0]
      }
      const { x } = cbo(within, { mean: 0, dimension: d, lower: -1, upper: 0.5 }, { random: seed, maxIterations: 20 })
      expect([x[0], outside]).toEqual([0.5, 0])
    }),
    { seed: 4, numRuns: 40 },
  )
})

test('the constrained minimum of a quadratic on the simplex', () => {
  const f = quadratic({ minimizer: [0.6, 0.9, -0.3] })
  const { x } = cbo(f.value, { mean: 0, dimension: 3 }, { project: simplex({ dimension: 3 }), maxIterations: 2000 })
  ;[0.35, 0.65, 0].forEach((v, j) => expect(x[j]).toBeCloseTo(v, 4))
})

test('starts: vectors, normal and uniform clouds, given positions in any form, frozen', () => {
  const f = quadratic().value
  const limits = { maxIterations: 1, particles: 4 }
  const cloud = (start: Parameters<typeof cbo>[1], options = {}) =>
    floats(cbo(f, start, { ...limits, ...options }).state.positions)
  expect([...cloud([1, 2])]).toEqual([...cloud({ mean: [1, 2], deviation: 1 })])
  expect([...cloud({ mean: [1, 1], deviation: [2, 2] })]).toEqual([...cloud({ mean: 1, deviation: 2, dimension: 2 })])
  const rows = Object.freeze([Object.freeze([1, 2]), Object.freeze([3, 4]), Object.freeze([5, 7])]) as never
  const flat = [1, 2, 3, 4, 5, 7]
  expect([...cloud({ positions: rows }, { particles: 3 })]).toEqual(flat)
  const reversed = ndarray(Float64Array.from(flat).reverse(), [3, 2], [-2, -1], 5)
  expect([...cloud({ positions: reversed }, { particles: undefined })]).toEqual(flat)
  const uniform = cloud({ lower: [0, 10], upper: [1, 11], dimension: 2 }, { particles: 200 })
  uniform.forEach((v, k) => expect(Math.floor(v)).toBe(k % 2 === 0 ? 0 : 10))
})

test('particles at the end of the numbers are put back, wild scales are right', () => {
  const huge = cbo((x) => Math.abs(x[0]), { mean: 1e308, deviation: 1e307, dimension: 1 }, { maxIterations: 300 })
  expect(Number.isFinite(huge.x[0])).toBe(true)
  expect(huge.resets).toBeGreaterThan(0)
  expect(floats(huge.state.positions).every(Number.isFinite)).toBe(true)
  for (const scale of [1e-300, 1e-150, 1e150, 1e290]) {
    const f = (x: Float64Array) => (x[0] / scale - 1) * (x[0] / scale - 1) + Math.abs(x[1] / scale)
    const start = { mean: [0, 0], deviation: scale }
    const { x, history } = cbo(f, start, { noise: 'isotropic', sigma: 2, tolerance: 0, maxIterations: 400 })
    expect(x[0] / scale).toBeCloseTo(1, 2)
    expect(history[0].error / scale).toBeGreaterThan(0.1)
    expect(history[0].spread / scale).toBeLessThan(10)
  }
})

test('a cloud without spread says so, one particle too', () => {
  const same = cbo(quadratic().value, { mean: [1, 2], deviation: 0 }, { tolerance: 0 })
  expect(same.message).toContain('no spread')
  expect([same.status, same.iterations, ...same.x]).toEqual(['converged', 1, 1, 2])
  expect(cbo(quadratic().value, [3], { particles: 1 }).message).toContain('no spread')
  const wild = cbo(quadratic().value, [3], { sigma: 30, maxIterations: 5 })
  expect(wild.message).toContain('the noise is too strong')
})

test('the idle kick moves a cloud that has collapsed, reduction shrinks one that has contracted', () => {
  const settings = { sigma: 0, lambda: 0, alpha: 1, maxIterations: 6, tolerance: 0 }
  const still = cbo(() => 1, { mean: [0, 0] }, settings)
  const alive = cbo(() => 1, { mean: [0, 0] }, { ...settings, sigma: 1e-9, kickBelow: 1 })
  expect(still.history[5].spread).toBe(still.history[0].spread)
  expect(alive.history[5].spread).not.toBe(alive.history[0].spread)
  const batches = { batchSize: 5, particles: 50, maxIterations: 400, sigma: 1, dt: 0.1 }
  const reduced = cbo(quadratic().value, [3, 3], { ...batches, reduction: { every: 10 }, tolerance: 0 })
  const counts = reduced.history.map(({ particles }) => particles)
  counts.forEach((n, k) => {
    expect(n % 5).toBe(0)
    if (k > 0) expect(n).toBeLessThanOrEqual(counts[k - 1])
  })
  expect(counts.at(-1)).toBeLessThan(50)
  expect(reduced.state.particles).toBe(counts.at(-1))
})

test('an alpha for an effective sample size: bisection inverts it, on 500 sets of values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 30 }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      (values, fraction) => {
        const alpha = alphaOfSampleSize(values, fraction, 1e12)
        const size = (a: number) =>
          consensusPoint(
            values.map(() => [0]),
            values,
            a,
          ).effectiveSampleSize
        const wanted = fraction * values.length
        if (alpha < 1e12) {
          if (alpha > 1e-290) expect(Math.abs(size(alpha) - wanted)).toBeLessThan(1e-6 * wanted)
        } else expect(size(alpha)).toBeGreaterThanOrEqual(wanted * (1 - 1e-12))
      },
    ),
    { seed: 6, numRuns: 500 },
  )
  const { history } = cbo(
    rastrigin().value,
    { dimension: 3, mean: 2 },
    { alpha: { effectiveSampleSize: 0.5 }, maxIterations: 20 },
  )
  for (const { effectiveSampleSize } of history) expect(effectiveSampleSize).toBeCloseTo(50, 4)
})

test('the function gets copies: what it does to them does not count', () => {
  const options = { random: 1, maxIterations: 10, tolerance: 0 }
  const clean = cbo(quadratic().value, [1, 2, 3], options)
  const rude = cbo(
    (x) => {
      const value = quadratic().value(x)
      x.fill(7)
      return value
    },
    [1, 2, 3],
    options,
  )
  expect([...rude.x]).toEqual([...clean.x])
  expect(rude.state).toEqual(clean.state)
})
