import { random } from '@opt/core'
import fc from 'fast-check'
import ndarray, { type NdArray } from 'ndarray'
import * as api from '../src/index.ts'
import { denseCriticalRate } from './dense.ts'

const SEED = 20260101
const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void, numRuns: number) =>
  fc.assert(fc.property(arbitrary, property), { seed: SEED, numRuns })

/** Gradients of n examples in d parameters, drawn in some of the ways that are hard. */
const drawn = fc
  .record({
    n: fc.integer({ min: 1, max: 6 }),
    d: fc.integer({ min: 1, max: 6 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    kind: fc.constantFrom('normal', 'equal norms', 'duplicates', 'rank one', 'graded', 'zero rows'),
    batchSize: fc.integer({ min: 1, max: 6 }),
    replacement: fc.boolean(),
  })
  .map(({ n, d, seed, kind, batchSize, replacement }) => {
    const rng = random(seed)
    const first = Float64Array.from({ length: d }, () => rng.normal())
    const rows = Array.from({ length: n }, (_, i) => {
      const row = Array.from({ length: d }, () => rng.normal())
      const norm = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0))
      if (kind === 'equal norms') return row.map((v) => v / norm)
      if (kind === 'duplicates' && i % 2 === 1) return [...first]
      if (kind === 'rank one') return Array.from(first, (v) => v * row[0])
      if (kind === 'graded') return row.map((v, j) => v * 10 ** -j)
      if (kind === 'zero rows' && i % 3 === 1) return row.map(() => 0)
      return row
    })
    return {
      A: ndarray(Float64Array.from(rows.flat()), [n, d]),
      n,
      kind,
      batch: { batchSize: replacement ? batchSize : Math.min(batchSize, n), replacement },
    }
  })

function factor(n: number, { batchSize, replacement }: { batchSize: number; replacement: boolean }): number {
  if (replacement) return 1 / batchSize
  return n === 1 ? 0 : (n - batchSize) / (batchSize * (n - 1))
}

test('the critical rate is that of the dense eigenproblem, between its bounds', () => {
  check(
    drawn,
    ({ A, n, kind, batch }) => {
      const { rate, bounds, status } = api.criticalRate(A, batch)
      expect(status).toBe('converged')
      const dense = denseCriticalRate(A, factor(n, batch))
      if (A.data.some((v) => v !== 0)) expect(Math.abs(rate / dense - 1)).toBeLessThan(1e-9)
      else expect(rate).toBe(Infinity)
      const above = 1 + 1e-9
      expect(bounds.sufficient!).toBeLessThanOrEqual(rate * above)
      expect(rate).toBeLessThanOrEqual(bounds.fourthMoment! * above)
      expect(bounds.fourthMoment!).toBeLessThanOrEqual(bounds.trace * above)
      expect(rate).toBeLessThanOrEqual(bounds.gd * above)
      if (kind === 'equal norms' && factor(n, batch) === 1) expect(Math.abs(rate / bounds.trace - 1)).toBeLessThan(1e-9)
    },
    700,
  )
})

test('its weights are those of a second moment that a step maps to itself, and all of it is stable below', () => {
  check(
    drawn,
    ({ A, n, batch }) => {
      if (A.data.every((v) => v === 0)) return
      const { rate, weights } = api.criticalRate(A, batch)
      const c = factor(n, batch)
      expect(Math.abs(weights.reduce((sum, w) => sum + w, 0) - 1)).toBeLessThan(1e-12)
      expect(weights.every((w) => w >= 0)).toBe(true)
      expect(api.isStable(A, { ...batch, learningRate: rate * (1 - 1e-6) }).stable).toBe(true)
      expect(api.isStable(A, { ...batch, learningRate: rate * (1 + 1e-6) }).stable).toBe(false)
      if (c === 0) return
      // The moment of these weights at the critical rate, and the noise that it has at each example.
      const { eigenvalues: h, rows } = api.linearize(A)
      const r = h.length
      const a = (i: number, k: number) => rows[i * r + k]
      const spread = Float64Array.from({ length: n }, (_, i) => {
        let sum = 0
        for (let j = 0; j < r; j++)
          for (let k = 0; k < r; k++) {
            let noise = 0
            for (let l = 0; l < n; l++) noise += (c * rate * weights[l] * a(l, j) * a(l, k)) / n
            sum += (noise * a(i, j) * a(i, k)) / (h[j] + h[k] - rate * (1 - c) * h[j] * h[k])
          }
        return sum
      })
      const peak = weights.reduce((most, w) => Math.max(most, w))
      spread.forEach((s, i) => expect(Math.abs(s - weights[i])).toBeLessThan(1e-5 * peak))
    },
    300,
  )
})

test('rates follow the scale of gradients, whatever basis and order they are in; larger batches allow larger rates', () => {
  check(
    fc.tuple(drawn, fc.integer({ min: -60, max: 60 })),
    ([{ A, n, batch }, power]) => {
      if (A.data.every((v) => v === 0)) return
      const { rate } = api.criticalRate(A, batch)
      const scale = 10 ** power
      const scaled = ndarray(
        A.data.map((v) => v * scale),
        A.shape,
      )
      expect(Math.abs((api.criticalRate(scaled, batch).rate / rate) * scale * scale - 1)).toBeLessThan(1e-8)
      const reversed = A.step(-1, -1)
      expect(Math.abs(api.criticalRate(reversed, batch).rate / rate - 1)).toBeLessThan(1e-9)
      const larger = { ...batch, batchSize: batch.replacement ? batch.batchSize + 1 : Math.min(n, batch.batchSize + 1) }
      expect(api.criticalRate(A, larger).rate).toBeGreaterThanOrEqual(rate * (1 - 1e-9))
    },
    200,
  )
})

/** Every batch with its probability. */
function batches(n: number, { batchSize, replacement }: { batchSize: number; replacement: boolean }): number[][] {
  let all: number[][] = [[]]
  for (let b = 0; b < batchSize; b++)
    all = all.flatMap((batch) =>
      Array.from({ length: n }, (_, i) => i)
        .filter((i) => replacement || !batch.includes(i))
        .map((i) => [...batch, i]),
    )
  return all
}

/** The mean of |x|^2 and of the loss over all ways in which SGD may go. */
function enumerated(
  A: NdArray<Float64Array>,
  outputs: number,
  start: number[],
  eta: number,
  batch: { batchSize: number; replacement: boolean },
  steps: number,
): { secondMoment: number[]; expectedLoss: number[] } {
  const [N, d] = A.shape
  const choices = batches(N / outputs, batch)
  const move = (x: number[], chosen: number[]) => {
    const next = [...x]
    for (const i of chosen)
      for (let row = i * outputs; row < (i + 1) * outputs; row++) {
        let f = 0
        for (let k = 0; k < d; k++) f += A.get(row, k) * x[k]
        for (let k = 0; k < d; k++) next[k] -= (eta / chosen.length) * A.get(row, k) * f
      }
    return next
  }
  const loss = (x: number[]) => {
    let sum = 0
    for (let row = 0; row < N; row++) {
      let f = 0
      for (let k = 0; k < d; k++) f += A.get(row, k) * x[k]
      sum += (f * f * outputs) / (2 * N)
    }
    return sum
  }
  let points = [start]
  const secondMoment: number[] = []
  const expectedLoss: number[] = []
  for (let t = 0; t <= steps; t++) {
    secondMoment.push(points.reduce((sum, x) => sum + x.reduce((s, v) => s + v * v, 0), 0) / points.length)
    expectedLoss.push(points.reduce((sum, x) => sum + loss(x), 0) / points.length)
    points = points.flatMap((x) => choices.map((chosen) => move(x, chosen)))
  }
  return { secondMoment, expectedLoss }
}

test('the recursion is the mean over all ways that SGD may go, also with several outputs', () => {
  check(
    fc.record({
      n: fc.integer({ min: 1, max: 4 }),
      d: fc.integer({ min: 1, max: 5 }),
      outputs: fc.integer({ min: 1, max: 3 }),
      batchSize: fc.integer({ min: 1, max: 2 }),
      replacement: fc.boolean(),
      seed: fc.integer({ min: 0, max: 1e6 }),
      eta: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
    ({ n, d, outputs, batchSize, replacement, seed, eta }) => {
      const rng = random(seed)
      const A = ndarray(
        Float64Array.from({ length: n * outputs * d }, () => rng.normal()),
        [n * outputs, d],
      )
      const start = Array.from({ length: d }, () => rng.normal())
      const batch = { batchSize: Math.min(batchSize, n), replacement }
      const known = enumerated(A, outputs, start, eta, batch, 2)
      const linear = api.linearize(A, { outputs })
      const ours = api.secondMoment(linear, { start, learningRate: eta, ...batch, steps: 2 })
      for (const key of ['secondMoment', 'expectedLoss'] as const)
        known[key].forEach((value, t) => expect(Math.abs(ours[key][t] - value)).toBeLessThan(1e-9 * Math.max(1, value)))

      const { rate, bounds, status } = api.criticalRate(linear, batch)
      expect(status).toBe('converged')
      expect(bounds.sufficient!).toBeLessThanOrEqual(rate * (1 + 1e-9))
      expect(rate).toBeLessThanOrEqual(Math.min(bounds.fourthMoment!, bounds.gd) * (1 + 1e-9))
      expect(bounds.fourthMoment!).toBeLessThanOrEqual(bounds.trace * (1 + 1e-9))
      expect(api.isStable(linear, { ...batch, learningRate: rate * 0.9999 }).stable).toBe(true)
      expect(api.isStable(linear, { ...batch, learningRate: rate * 1.0001 }).stable).toBe(false)
    },
    200,
  )
})

test('the alignment bounds hold: one step in expectation', () => {
  check(
    drawn,
    ({ A, n, batch }) => {
      if (A.data.every((v) => v === 0)) return
      const rng = random(n)
      const e = Float64Array.from({ length: n }, () => rng.normal())
      const { loss, noiseTrace, noiseHessian, lossAlignment, traceAlignment } = api.alignment(A, e)
      const { trace, frobenius } = api.sharpness(A)
      expect(Math.abs(noiseHessian - lossAlignment! * 2 * loss * frobenius * frobenius)).toBeLessThan(1e-9)
      expect(Math.abs(noiseTrace - traceAlignment! * 2 * loss * trace)).toBeLessThan(1e-9)
      if (!(lossAlignment! > 1e-6 && traceAlignment! > 1e-6)) return
      const c = factor(n, batch)
      const bounds = api.alignmentBounds(
        { lossAlignment, traceAlignment },
        { learningRate: 0.1, examples: n, ...batch },
      )
      expect(Math.abs(0.1 * bounds.frobenius! * Math.sqrt(c * lossAlignment!) - 1) < 1e-12 || c === 0).toBe(true)
      expect(Math.abs(0.1 * c * bounds.trace! * traceAlignment! - 2) < 1e-12 || c === 0).toBe(true)
      if (c === 0) expect(bounds).toEqual({ frobenius: Infinity, trace: Infinity })
    },
    100,
  )
})
