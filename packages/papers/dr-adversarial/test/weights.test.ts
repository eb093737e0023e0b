import { exp, log } from '@opt/core'
import { centralDifference } from '@opt/testing'
import fc from 'fast-check'
import {
  CompositionalWeights,
  classMargins,
  type GairatKind,
  gairatWeights,
  klWeights,
  mailWeights,
  martLoss,
} from '../src/index.ts'

const losses = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 12 })
const temperature = fc.double({ min: 0.01, max: 100, noNaN: true })
const sum = (x: ArrayLike<number>) => Array.from(x).reduce((total, value) => total + value, 0)

test('KL weights: sum 1, dual = primal, above every other point of the simplex', () => {
  fc.assert(
    fc.property(
      losses,
      temperature,
      fc.array(fc.double({ min: 1e-3, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
      (l, r, raw) => {
        const { weights, value, divergence } = klWeights(l, r)
        const n = l.length
        const scale = 1 + Math.max(...l.map(Math.abs))
        expect(Math.abs(sum(weights) - 1)).toBeLessThan(1e-12)
        const at = (w: ArrayLike<number>) =>
          sum(l.map((loss, i) => (w[i] > 0 ? w[i] * loss - r * w[i] * log(n * w[i]) : 0)))
        expect(Math.abs(value - at(weights))).toBeLessThan(1e-11 * (scale + r))
        expect(Math.abs(value - sum(l.map((loss, i) => weights[i] * loss)) + r * divergence)).toBeLessThan(
          1e-11 * (scale + r),
        )
        const other = raw.slice(0, n).map((w) => w / sum(raw.slice(0, n)))
        expect(at(other)).toBeLessThanOrEqual(value + 1e-11 * (scale + r))
        // Between the mean and the largest loss.
        expect(value).toBeGreaterThanOrEqual(sum(l) / n - 1e-11 * scale)
        expect(value).toBeLessThanOrEqual(Math.max(...l) + 1e-11 * scale)
      },
    ),
    { numRuns: 400 },
  )
})

test('KL weights are the gradient of the value, and the value tends to the mean and to the largest loss', () => {
  const l = [0.3, 2, 1.1, -0.4]
  for (const r of [0.2, 1, 7]) {
    const { weights } = klWeights(l, r)
    weights.forEach((weight, i) => {
      expect(centralDifference(() => klWeights(l, r).value, l, i)).toBeCloseTo(weight, 9)
    })
  }
  const mean = sum(l) / 4
  expect(klWeights(l, Infinity)).toEqual({ weights: new Float64Array(4).fill(0.25), value: mean, divergence: 0 })
  for (const r of [1e5, 1e8, 1e12, 1e300]) {
    // The mean + variance / 2r.
    const variance = sum(l.map((loss) => (loss - mean) ** 2)) / 4
    expect(Math.abs(klWeights(l, r).value - mean - variance / (2 * r))).toBeLessThan(2e-11)
  }
  expect(Array.from(klWeights(l, 1e-300).weights)).toEqual([0, 1, 0, 0])
  expect(klWeights(l, 1e-300).value).toBeCloseTo(2, 12)
  const wild = klWeights([1e308, -1e308, 1e308], 1)
  expect(Array.from(wild.weights)).toEqual([0.5, 0, 0.5])
  expect(wild.value).toBe(1e308)
  expect(Math.abs(klWeights([1e308, -1e308], Infinity).value)).toBeLessThan(1e293)
})

test('tracked weights: of one batch with track 1 they are KL weights, their average follows the batches', () => {
  fc.assert(
    fc.property(losses, temperature, fc.double({ min: 0.01, max: 1, noNaN: true }), (l, r, track) => {
      const whole = new CompositionalWeights({ r, track: 1, maxWeight: Infinity })
      const found = whole.update(l)
      const { weights, value } = klWeights(l, r)
      for (let i = 0; i < l.length; i++) expect(Math.abs(found[i] - weights[i])).toBeLessThan(1e-9 * (1 + 100 / r))
      expect(Math.abs(whole.objective! - value)).toBeLessThan(1e-9 * (1 + r))
      const tracker = new CompositionalWeights({ r, track, maxWeight: 3 })
      tracker.update(l)
      const before = tracker.logU!
      const shifted = l.map((loss) => loss + r)
      const second = tracker.update(shifted)
      // exp((l + r) / r) = e exp(l / r): u becomes (1 + track (e - 1)) u.
      expect(Math.abs(tracker.logU! - before - log(1 + track * (Math.E - 1)))).toBeLessThan(1e-9 * (1 + 100 / r))
      for (const w of second) expect(w).toBeLessThanOrEqual(3 / l.length + 1e-15)
      // Saved and restored as JSON, the same bits.
      const copy = new CompositionalWeights({ r, track, maxWeight: 3 })
      copy.load(JSON.parse(JSON.stringify(tracker.state())))
      expect(copy.update(l)).toEqual(tracker.update(l))
      expect(copy.logU).toBe(tracker.logU)
    }),
    { numRuns: 300 },
  )
  const uniform = new CompositionalWeights({ r: Infinity })
  expect(uniform.logU).toBeNull()
  expect(uniform.objective).toBeNull()
  expect(Array.from(uniform.update([5, 0]))).toEqual([0.5, 0.5])
  expect(uniform.objective).toBeNull()
})

test('GAIRAT: the formulas, and larger weights for examples that fall sooner', () => {
  const kinds: GairatKind[] = ['tanh', 'sigmoid', 'discrete']
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 20 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.constantFrom(...kinds),
      (steps, shares, lambda, kind) => {
        const kappa = shares.map((share) => Math.round(share * steps))
        const h = Math.floor(steps / 2)
        const raw = kappa.map((count) => {
          const a = lambda + (5 * (h - count)) / h
          if (kind === 'discrete') return (steps + 1 - count) / (steps + 1)
          return 1 / (1 + exp(kind === 'tanh' ? -2 * a : -a))
        })
        const found = gairatWeights(kappa, steps, { lambda, kind })
        raw.forEach((w, i) => void expect(found[i]).toBeCloseTo(w / sum(raw), 10))
        for (let i = 1; i < kappa.length; i++)
          if (kappa[i] < kappa[0]) expect(found[i]).toBeGreaterThanOrEqual(found[0])
      },
    ),
    { numRuns: 200 },
  )
  // All weights underflow before they are normalized.
  expect(Array.from(gairatWeights([3, 3], 4, { lambda: -1e6 }))).toEqual([0.5, 0.5])
})

const logitRows = (k: number) =>
  fc.array(fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: k, maxLength: k }), {
    minLength: 1,
    maxLength: 5,
  })

test('MAIL: the formula on margins in [-1, 1]', () => {
  fc.assert(
    fc.property(
      logitRows(3),
      fc.double({ min: -20, max: 20, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      (logits, slope, bias) => {
        const labels = logits.map((_, i) => i % 3)
        const margins = classMargins(logits, labels, 'probabilities')
        logits.forEach((z, i) => {
          const p = z.map((v) => exp(v) / sum(z.map(exp)))
          const others = p.filter((_, j) => j !== labels[i])
          expect(margins[i]).toBeCloseTo(Math.max(...others) - p[labels[i]], 12)
        })
        const raw = Array.from(margins, (m) => 1 / (1 + exp(-slope * (m + bias))))
        const found = mailWeights(logits, labels, { slope, bias })
        raw.forEach((w, i) => void expect(found[i]).toBeCloseTo(w / sum(raw), 9))
        const plain = classMargins(logits, labels)
        logits.forEach(
          (z, i) => void expect(plain[i]).toBe(Math.max(...z.filter((_, j) => j !== labels[i])) - z[labels[i]]),
        )
      },
    ),
    { numRuns: 200 },
  )
})

test('MART: gradients are finite differences of the value', () => {
  fc.assert(
    fc.property(logitRows(4), fc.double({ min: 0, max: 8, noNaN: true }), (natural, beta) => {
      const labels = natural.map((_, i) => i % 4)
      const adversarial = natural.map((row, i) => row.map((v, j) => v * 0.5 + ((i + 2 * j) % 3) - 1))
      const loss = (a: number[][], b: number[][]) => martLoss(a, b, labels, { beta }).value
      const { gradientAdversarial, gradientNatural } = martLoss(adversarial, natural, labels, { beta })
      const moved = (rows: number[][], i: number, j: number, h: number) =>
        rows.map((row, a) => row.map((v, b) => (a === i && b === j ? v + h : v)))
      const h = 1e-5
      for (let i = 0; i < natural.length; i++)
        for (let j = 0; j < 4; j++) {
          // The largest other probability has a kink where two are equal.
          const others = adversarial[i].filter((_, b) => b !== labels[i]).sort((x, y) => y - x)
          if (others[0] - others[1] < 1e-3) continue
          const a = (loss(moved(adversarial, i, j, h), natural) - loss(moved(adversarial, i, j, -h), natural)) / (2 * h)
          const b = (loss(adversarial, moved(natural, i, j, h)) - loss(adversarial, moved(natural, i, j, -h))) / (2 * h)
          const [ga, gb] = [gradientAdversarial[i * 4 + j], gradientNatural[i * 4 + j]]
          expect(Math.abs(a - ga)).toBeLessThan(2e-6 * (1 + Math.abs(ga)))
          expect(Math.abs(b - gb)).toBeLessThan(2e-6 * (1 + Math.abs(gb)))
        }
    }),
    { numRuns: 60 },
  )
})
