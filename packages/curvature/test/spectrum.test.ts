import { log, random } from '@opt/core'
import { golden, near } from '@opt/testing'
import fc from 'fast-check'
import * as api from '../src/index.ts'

// From numpy in float64: Lanczos with two reorthogonalisations, five cases of which two break down early, and
// stochastic Lanczos quadrature from given vectors.
const LANCZOS = golden(import.meta.url, 'lanczos.json')
const SLQ = golden(import.meta.url, 'slq.json')

const dense = (A: number[][]) =>
  api.symmetric(A.length, (v, out) => {
    for (let i = 0; i < A.length; i++) out[i] = A[i].reduce((sum, a, j) => sum + a * v[j], 0)
  })
const sizeOf = (A: number[][]) => Math.sqrt(A.flat().reduce((s, a) => s + a * a, 0)) || 1
const close = (found: ArrayLike<number>, expected: number[], tolerance: number) => {
  expect(found.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(Math.abs(found[i] - value)).toBeLessThanOrEqual(tolerance)
  })
}

test.each([0, 1, 2, 3, 4])('lanczos and its Ritz values, case %i', (i) => {
  const one = LANCZOS[i]
  const run = api.lanczos(dense(one.matrix), { steps: one.steps, start: one.start })
  const within = 1e-9 * sizeOf(one.matrix)
  expect(run.alpha.length).toBe(one.taken)
  close(run.alpha, one.alpha, within)
  close(run.beta.slice(0, -1), one.beta, within)
  expect(Math.abs(run.beta[one.taken - 1] - one.lastBeta)).toBeLessThanOrEqual(within)
  const ritz = api.ritzValues(run)
  close(ritz.values, one.ritz, within)
  close(ritz.weights, one.weights, 1e-9)
  close(ritz.residuals, one.residuals, within)
  close(ritz.massBelow, one.cdfLower, 1e-9)
  close(ritz.massUpTo, one.cdfUpper, 1e-9)
  expect(Math.abs(ritz.safeMax - one.safeMax)).toBeLessThanOrEqual(within)
  for (const [k, value] of ritz.values.entries()) {
    const distance = Math.min(...one.eigenvalues.map((e: number) => Math.abs(e - value)))
    expect(distance).toBeLessThanOrEqual(ritz.residuals[k] + within)
  }
})

test.each([0, 1])('stochastic Lanczos quadrature, case %i', (i) => {
  const one = SLQ[i]
  const n = one.matrix.length
  const found = api.spectrum(dense(one.matrix), { starts: one.probes, steps: one.steps })
  const within = 1e-9 * sizeOf(one.matrix)
  found.rules.forEach(({ nodes, weights }, p) => {
    close(nodes, one.nodes[p], within)
    close(weights, one.weights[p], 1e-9)
  })
  near([found.trace.value, found.trace.standardError], [one.trace, one.traceError], { relative: 1e-9 })
  near([found.frobenius * found.frobenius], [one.frobeniusSquared], { relative: 1e-9 })
  near([found.lowest, found.highest], [one.lowest, one.highest], { absolute: within })
  near(
    one.moments.map((_: number, k: number) => found.nodes.reduce((s, x, j) => s + found.weights[j] * x ** k, 0)),
    one.moments,
    { relative: 1e-9 },
  )
  near(found.density({ sigma: one.sigma, grid: one.grid }).density, one.density, { absolute: 1e-9 })
  expect(found.density().sigma).toBeCloseTo(0.03 * (found.highest - found.lowest), 12)
  near([found.sum((x) => log(Math.abs(x) + one.logShift)).value], [one.spectralSumLog], { relative: 1e-9 })
  for (const { confidence, value } of one.samplingBound)
    near(found.samplingBound(1 - confidence), value, { relative: 1e-12 })
  for (const { failure, epsilon } of one.spreadBound)
    near(api.lanczosGap({ size: n, steps: one.steps, failure }), epsilon, { relative: 1e-12 })
})

test('the bounds hold on random operators: residuals, masses, sampling, extremes', () => {
  let [missed, far] = [0, 0]
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 24 }), fc.integer({ min: 0, max: 1e6 }), fc.integer(), (n, seed, at) => {
      const rng = random(seed)
      const d = Float64Array.from({ length: n }, () => rng.normal() * (rng.uniform() < 0.2 ? 5 : 1)).sort()
      const A = api.symmetric(n, (v, out) => {
        for (let i = 0; i < n; i++) out[i] = d[i] * v[i]
      })
      const start = Array.from({ length: n }, () => rng.normal())
      const steps = 1 + (Math.abs(at) % n)
      const ritz = api.ritzValues(api.lanczos(A, { start, steps }))
      const total = start.reduce((s, x) => s + x * x, 0)
      const mass = (holds: (x: number) => boolean) =>
        start.reduce((s, x, i) => s + (holds(d[i]) ? x * x : 0), 0) / total
      ritz.values.forEach((value, i) => {
        expect(Math.min(...d.map((x) => Math.abs(x - value)))).toBeLessThanOrEqual(ritz.residuals[i] + 1e-9)
        expect(ritz.massBelow[i]).toBeLessThanOrEqual(mass((x) => x < value + 1e-9) + 1e-9)
        expect(ritz.massUpTo[i]).toBeGreaterThanOrEqual(mass((x) => x <= value - 1e-9) - 1e-9)
      })
      const found = api.spectrum(A, { probes: 2, steps, seed })
      const x = rng.normal()
      const { value, from, to } = found.cumulative(x)
      expect(from <= value && value <= to).toBe(true)
      const share = d.filter((one) => one <= x).length / n
      const bound = found.samplingBound(0.1)
      if (share < from - bound - 1e-9 || share > to + bound + 1e-9) far++
      const { lowest, highest } = found.extremes(0.1)
      if (d[n - 1] > highest.to + 1e-9 || d[0] < lowest.from - 1e-9) missed++
      expect(highest.from).toBeLessThanOrEqual(d[n - 1] + 1e-9)
      expect(lowest.to).toBeGreaterThanOrEqual(d[0] - 1e-9)
    }),
    { numRuns: 1000, seed: 7 },
  )
  expect(missed).toBeLessThanOrEqual(100)
  expect(far).toBeLessThanOrEqual(100)
})

test('moments up to degree 2 steps - 1 are those of the vectors; scales do not matter', () => {
  const d = [-1, 0.5, 0.75, 2, 3]
  const at = (scale: number) =>
    api.spectrum(
      api.symmetric(5, (v) => v.map((x, i) => scale * d[i] * x)),
      { starts: [[1, 1, 1, 1, 1]], steps: 3 },
    )
  const { nodes, weights } = at(1)
  for (let k = 0; k <= 5; k++)
    near([nodes.reduce((s, x, i) => s + weights[i] * x ** k, 0)], [d.reduce((s, x) => s + x ** k, 0) / 5], {
      relative: 1e-13,
    })
  for (const scale of [1e-300, 1e300]) {
    const wild = at(scale)
    near(wild.weights, weights, { relative: 1e-12 })
    near([wild.frobenius / scale, wild.trace.value / scale], [at(1).frobenius, 5.25], { relative: 1e-12 })
  }
})

test('a wide gap is infinite, a full space has none, and a run may stop early', () => {
  const A = api.symmetric(50, (v) => v.map((x, i) => i * x))
  expect(api.spectrum(A, { steps: 2 }).extremes().highest.to).toBe(Infinity)
  const { lowest, highest } = api.spectrum(A, { steps: 60, probes: 1 }).extremes()
  expect([lowest.from - lowest.to, highest.to - highest.from]).toEqual([0, 0])
  const stopped = api.spectrum(A, { steps: 10, maxIterations: 25 })
  expect([stopped.status, stopped.rules.length, stopped.products]).toEqual(['max-iterations', 2, 25])
})

test('asymmetry tells symmetric products from others', () => {
  const A = api.symmetric(50, (v) => v.map((x, i) => i * x + (v[i + 1] ?? 0) + (v[i - 1] ?? 0)))
  expect(api.asymmetry(A, { pairs: 5 })).toBeLessThan(1e-15)
  const B = api.symmetric(50, (v) => v.map((x, i) => i * x + (v[i + 1] ?? 0)))
  expect(api.asymmetry(B, { pairs: 5 })).toBeGreaterThan(1e-4)
  expect(api.asymmetry(api.symmetric(3, (v) => v.map(() => 0)))).toBe(0)
})

test('runs that share memory one after the other do not disturb each other in turns, inside each other, or stopped', () => {
  const rng = random(31)
  const diagonals = [0, 1].map(() => Float64Array.from({ length: 50 }, () => rng.uniform(-1, 1)))
  const operators = diagonals.map((d) =>
    api.symmetric(50, (v, out) => {
      for (let i = 0; i < 50; i++) out[i] = d[i] * v[i]
    }),
  )
  const run = (k: number) => api.lanczos(operators[k], { steps: 12, seed: k })
  const alone = [0, 1].map((k) => run(k))
  const turns = [0, 1].map((k) => api.lanczos.steps(operators[k], { steps: 12, seed: k }))
  const seen: number[][] = [[], []]
  for (let step = 0; step < 12; step++)
    turns.forEach((steps, k) => {
      const { value } = steps.next()
      seen[k].push((value as { alpha: number }).alpha)
    })
  expect(seen).toEqual(alone.map(({ alpha }) => Array.from(alpha)))
  const nested = api.symmetric(50, (v, out) => {
    run(1)
    operators[0].apply(v, out)
  })
  expect(api.lanczos(nested, { steps: 12, seed: 0 }).basis).toEqual(alone[0].basis)
  api.lanczos(operators[0], { steps: 12, seed: 0, maxIterations: 3 })
  const failing = api.symmetric(50, () => new Float64Array(50).fill(NaN))
  expect(() => api.lanczos(failing, { steps: 12 })).toThrow('operator.apply: out[0] must be a finite number')
  expect(run(1).basis).toEqual(alone[1].basis)
})

test('operators of the smallest and the largest sizes', () => {
  for (const size of [5e-324, 1e-310, 1e-300, 1e300, 1.7e308]) {
    const operator = api.symmetric(3, (v, out) => {
      for (let i = 0; i < 3; i++) out[i] = size * v[i]
    })
    const { alpha } = api.lanczos(operator, { start: [1, 0, 0], steps: 1 })
    expect(alpha[0]).toBe(size)
  }
})
