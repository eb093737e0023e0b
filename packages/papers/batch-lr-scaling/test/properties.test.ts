import { random } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import { near } from '@opt/testing'
import fc from 'fast-check'
import * as api from '../src/index.ts'

const SETTINGS = { numRuns: 1000, seed: 5 }
const size = fc.double({ min: 0.01, max: 100, noNaN: true })
const momenta = fc.double({ min: 0, max: 0.95, noNaN: true })

describe('spikes', () => {
  test('a bulk at one place is the plain theorem, shifted', () => {
    fc.assert(
      fc.property(size, size, fc.double({ min: -50, max: 50, noNaN: true }), (lambda, width, at) => {
        const plain = api.spike({ lambda, width })
        const { location, edge, omega, detached } = api.additive({
          nodes: [at],
          masses: [1],
          width,
          lambda: lambda + at,
        })
        const close = { absolute: 1e-9, relative: 1e-9 }
        if (Math.abs(lambda / width - 1) > 1e-9) expect(detached).toBe(plain.detached)
        near([location - at, edge - at, omega - at], [plain.location, 2 * width, width], close)
      }),
      SETTINGS,
    )
  })

  test('a bulk of equal eigenvalues is the sample covariance of the textbooks', () => {
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 1000 }),
        (lambda, s, P, b) => {
          const found = api.multiplicative({ nodes: [s], counts: [P], batch: b, lambda })
          const c = 1 / b
          near(found.edge, s * (1 + Math.sqrt(c * P)) ** 2, { relative: 1e-9 })
          if (found.detached) near(found.location, lambda * (1 + (c * P * s) / (lambda - s)), { relative: 1e-9 })
          expect(found.detached).toBe(lambda > found.omega)
        },
      ),
      SETTINGS,
    )
  })

  test('omega solves its equation, the location joins the edge there, and noise never lowers the top', () => {
    const bulk = fc.array(
      fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true })),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    fc.assert(
      fc.property(bulk, size, (pairs, width) => {
        const total = pairs.reduce((sum, [, p]) => sum + p, 0)
        const [nodes, masses] = [pairs.map(([t]) => t), pairs.map(([, p]) => p / total)]
        const { omega, edge } = api.additive({ nodes, masses, width, lambda: 0 })
        near(
          masses.reduce((sum, p, j) => sum + p * (width / (omega - nodes[j])) ** 2, 0),
          1,
          { relative: 1e-6 },
        )
        const beyond = api.additive({ nodes, masses, width, lambda: omega * (1 + 1e-9) + 1e-9 })
        near(beyond.location, edge, { absolute: 1e-6, relative: 1e-6 })
        expect(edge).toBeGreaterThanOrEqual(Math.max(...nodes))
        const far = omega + width
        expect(api.additive({ nodes, masses, width, lambda: far }).location).toBeGreaterThanOrEqual(far)
      }),
      SETTINGS,
    )
  })

  test('no noise, no bulk and wild scales', () => {
    expect(api.additive({ nodes: [0, 1], masses: [0.5, 0.5], width: 0, lambda: 3 })).toMatchObject({
      location: 3,
      edge: 1,
    })
    expect(api.additive({ nodes: [0, 1], masses: [0.5, 0.5], width: 0, lambda: 0.5 })).toMatchObject({
      location: 1,
      detached: false,
    })
    expect(api.multiplicative({ nodes: [1], counts: [9], batch: Infinity, lambda: 3 }).location).toBe(3)
    expect(api.multiplicative({ nodes: [1], counts: [0], batch: 5, lambda: 3 }).location).toBe(3)
    for (const scale of [1e-300, 1e300]) {
      const near1 = (x: number, y: number) => expect(Math.abs(x / scale / y - 1)).toBeLessThan(1e-12)
      near1(api.spike({ lambda: 3 * scale, width: scale }).location, 10 / 3)
      near1(api.additive({ nodes: [0], masses: [1], width: scale, lambda: 3 * scale }).location, 10 / 3)
      near1(api.multiplicative({ nodes: [scale], counts: [10], batch: 10, lambda: 3 * scale }).location, 4.5)
      near1(1 / api.maximalRate({ lambda: scale, method: 'gd' }), 0.5)
    }
  })
})

/** The largest |eigenvalue| of a small matrix, by repeated squaring. */
function radius(A: number[][]): number {
  let B = A
  let logarithm = 0
  for (let k = 1; k <= 40; k++) {
    const peak = Math.max(...B.flat().map(Math.abs)) || 1
    logarithm += Math.log(peak) / 2 ** (k - 1)
    const C = B.map((row) => row.map((x) => x / peak))
    B = C.map((row) => C[0].map((_, j) => row.reduce((sum, x, i) => sum + x * C[i][j], 0)))
  }
  return Math.exp(logarithm)
}

describe('rates', () => {
  // One step of (x, m) or (x, previous x) on a quadratic of curvature h.
  const steps = {
    gd: (h: number, eta: number) => [[1 - eta * h]],
    'heavy-ball': (h: number, eta: number, rho: number) => [
      [1 - eta * h, -eta * rho],
      [h, rho],
    ],
    nesterov: (h: number, eta: number, rho: number) => [
      [(1 + rho) * (1 - eta * h), -rho * (1 - eta * h)],
      [1, 0],
    ],
    adam: (h: number, eta: number, rho: number) => [
      [1 - eta * (1 - rho) * h, -eta * rho],
      [(1 - rho) * h, rho],
    ],
  }
  test.each(Object.entries(steps))('%s: stable below the maximal rate, not above', (method, step) => {
    fc.assert(
      fc.property(size, momenta, (lambda, momentum) => {
        const rate = api.maximalRate({ lambda, momentum, method: method as 'gd' })
        expect(radius(step(lambda, 0.99 * rate, momentum))).toBeLessThan(1)
        expect(radius(step(lambda, 1.01 * rate, momentum))).toBeGreaterThan(1)
      }),
      SETTINGS,
    )
  })

  test('a random curvature: stable in mean square below meanSquareRate, not above', () => {
    // Moments of (x^2, x m, m^2) after a step with E h = l, E h^2 = q.
    const moments = (l: number, q: number, eta: number, rho: number) => [
      [1 - 2 * eta * l + eta * eta * q, -2 * eta * rho * (1 - eta * l), eta * eta * rho * rho],
      [l - eta * q, rho * (1 - 2 * eta * l), -eta * rho * rho],
      [q, 2 * rho * l, rho * rho],
    ]
    fc.assert(
      fc.property(size, size, momenta, (lambda, variance, momentum) => {
        const rate = api.meanSquareRate({ lambda, variance, momentum })
        const q = lambda * lambda + variance
        expect(radius(moments(lambda, q, 0.99 * rate, momentum))).toBeLessThan(1)
        expect(radius(moments(lambda, q, 1.01 * rate, momentum))).toBeGreaterThan(1)
        const { location, detached } = api.spike({ lambda, width: Math.sqrt(variance) })
        if (detached) near(api.meanSquareRate({ lambda, variance }), 2 / location, { relative: 1e-12 })
      }),
      SETTINGS,
    )
  })

  test('R(B) is within the stated factors of the exact mean-square edge of Gaussian models', () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 512 }), (sigma, batch) => {
        const trace = sigma.reduce((sum, s) => sum + s, 0)
        const R = api.maximalRate({ lambda: Math.max(...sigma), trace, batch, count: Infinity })
        // Second moments of x under x -= eta (mean of B a a') x, a normal of variances sigma.
        const stable = (eta: number) =>
          radius(
            sigma.map((s, i) =>
              sigma.map(
                (t, j) =>
                  (i === j ? 1 - 2 * eta * s + eta * eta * (1 + 1 / batch) * s * s : 0) + (eta * eta * s * t) / batch,
              ),
            ),
          ) < 1
        expect(stable(0.3 * R)).toBe(true)
        expect(stable(1.1 * R)).toBe(false)
      }),
      SETTINGS,
    )
  })

  test("Polyak's rate and momentum contract both ends alike", () => {
    fc.assert(
      fc.property(size, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (highest, ratio) => {
        const lowest = highest * ratio
        const { rate, momentum, plainRate } = api.polyak(highest, lowest)
        for (const h of [highest, lowest])
          near(radius(steps['heavy-ball'](h, rate, momentum)), Math.sqrt(momentum), { absolute: 1e-5 })
        near(Math.abs(1 - plainRate * lowest), Math.abs(1 - plainRate * highest), { absolute: 1e-12 })
      }),
      SETTINGS,
    )
  })

  test('scaled rates compose, lie between none and the linear rule, and end at the knee', () => {
    const batch = fc.integer({ min: 1, max: 1000 })
    fc.assert(
      fc.property(size, size, momenta, fc.tuple(batch, batch, batch), (lambda, more, momentum, sizes) => {
        const [from, middle, to] = sizes.sort((a, b) => a - b)
        const given = { lambda, trace: lambda + more, momentum, count: 1000 }
        const { rate, linear, sqrt, knee, maximal, advice } = api.scaleRate(0.1, { from, to, ...given })
        expect(rate).toBeGreaterThanOrEqual(0.1 * (1 - 1e-12))
        // A batch of nearly all examples has less noise than the linear rule grants.
        const infinite = api.scaleRate(0.1, { from, to, ...given, count: Infinity })
        expect(infinite.rate).toBeLessThanOrEqual(linear * (1 + 1e-12))
        near(sqrt * sqrt, 0.1 * linear, { relative: 1e-12 })
        const halfway = api.scaleRate(0.1, { from, to: middle, ...given }).rate
        near(api.scaleRate(halfway, { from: middle, to, ...given }).rate, rate, { relative: 1e-12 })
        near(rate / 0.1, (maximal?.to as number) / (maximal?.from as number), { relative: 1e-12 })
        near(knee as number, (((1 + momentum) / (1 - momentum)) * (lambda + more)) / lambda, { relative: 1e-12 })
        expect(advice).toContain('linear rule would have given')
      }),
      SETTINGS,
    )
  })

  test('advice says what to do and what the linear rule would have broken', () => {
    const measured = { lambda: 2.5, trace: 15.3, count: 1400, momentum: 0.9 }
    const { advice } = api.scaleRate(0.06, { from: 16, to: 256, ...measured })
    expect(advice).toMatch(/^Use 0\.36 at batch size 256 \(curve rule\)\./)
    const measurement: api.Measurement = { ...measured, rate: 0.1, bulk: 0.2 } // of a learner, spread as it is
    expect(api.scaleRate(0.06, { from: 16, to: 256, ...measurement }).advice).toBe(advice)
    expect(advice).toMatch(/The linear rule would have given 0\.96, 0\.\d+ of the largest stable rate/)
    expect(api.scaleRate(0.2, { from: 16, to: 256, ...measured }).advice).toContain(
      'times the largest stable rate: expect it to diverge',
    )
    expect(api.scaleRate(0.1, { from: 32, to: 128 }).advice).toBe(
      'Use 0.2 at batch size 128 (square-root rule). This fits Adam and its kin while gradients are mostly noise, and is cautious for SGD; measure lambda and trace to see where it ends.',
    )
    expect(() => api.scaleRate(0.1, { from: 1, to: 2, rule: 'curve' })).toThrow(
      "scaleRate: lambda, trace must be given for the rule 'curve', got none",
    )
    expect(() => api.scaleRate(0.1, { from: 1, to: 2, lambda: 3 })).toThrow(
      'scaleRate: lambda, trace must be given together, got lambda alone',
    )
  })
})

describe('batches', () => {
  /** All subsets of B of N places. */
  function* subsets(N: number, B: number, first = 0): Generator<number[]> {
    if (B === 0) yield []
    else for (let i = first; i <= N - B; i++) for (const rest of subsets(N, B - 1, i + 1)) yield [i, ...rest]
  }

  test('by enumeration: E |H_B - H|^2 = c V; the top falls and the bottom rises with B', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 5 }), (seed, N) => {
        const rng = random(seed)
        const P = 3
        const blocks = Array.from({ length: N }, () => {
          const A = Array.from({ length: P }, () => Array.from({ length: P }, () => rng.normal()))
          return A.map((row, i) => row.map((x, j) => x + A[j][i]))
        })
        const mean = (of: number[]) =>
          Array.from({ length: P }, (_, i) =>
            Array.from({ length: P }, (_, j) => of.reduce((sum, k) => sum + blocks[k][i][j], 0) / of.length),
          )
        const all = mean(blocks.map((_, k) => k))
        const far = (A: number[][]) => A.flat().reduce((sum, x, k) => sum + (x - all.flat()[k]) ** 2, 0)
        const V = blocks.reduce((sum, A) => sum + far(A), 0) / N
        let [top, bottom] = [Infinity, -Infinity]
        for (let B = 1; B <= N; B++) {
          const means = [...subsets(N, B)].map(mean)
          const average = (f: (A: number[][]) => number) => means.reduce((sum, A) => sum + f(A), 0) / means.length
          near(average(far), V / api.effectiveBatch(B, N), { absolute: 1e-10, relative: 1e-9 })
          const highest = average((A) => symmetricEigen(A, { vectors: false }).values[P - 1])
          const lowest = average((A) => symmetricEigen(A, { vectors: false }).values[0])
          expect(highest).toBeLessThanOrEqual(top + 1e-9)
          expect(lowest).toBeGreaterThanOrEqual(bottom - 1e-9)
          top = highest
          bottom = lowest
        }
      }),
      { numRuns: 60, seed: 5 },
    )
  })

  test('predicted sharpness falls with B to that of all examples, by every model', () => {
    const noise = { count: 500, lambda: 4, lowest: -0.5, isotropic: 0.2, aligned: 8, alignedLowest: 3, trace: 30 }
    for (const model of ['aligned', 'isotropic', 'trace'] as const) {
      let before = { highest: Infinity, lowest: -Infinity }
      for (const B of [1, 2, 4, 8, 16, 32, 64, 128, 256, 499]) {
        const now = api.batchSharpness(noise, B, { model })
        expect(now.highest).toBeLessThanOrEqual(before.highest)
        expect(now.lowest).toBeGreaterThanOrEqual(before.lowest - 1e-12)
        before = now
      }
      const whole = api.batchSharpness(noise, 500, { model })
      near([whole.highest, whole.lowest], [4, -0.5], { relative: 1e-12 })
    }
  })

  test('a Lanczos step over the whole space is the damped Newton step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer(), (n, seed) => {
        const rng = random(seed)
        const A = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()))
        const H = A.map((row, i) => row.map((x, j) => x + A[j][i]))
        const g = Array.from({ length: n }, () => rng.normal())
        const product = (v: Float64Array) => H.map((row) => row.reduce((sum, x, j) => sum + x * v[j], 0))
        const step = api.lanczosStep(product, g, { steps: n, rate: 0.3, damping: 0.7, seed })
        const { values, vectors } = symmetricEigen(H)
        const expected = g.map((_, i) => {
          let sum = 0
          for (let k = 0; k < n; k++) {
            let along = 0
            for (let j = 0; j < n; j++) along += (vectors?.get(j, k) as number) * g[j]
            sum += ((vectors?.get(i, k) as number) * along) / (Math.abs(values[k]) + 0.7)
          }
          return -0.3 * sum
        })
        near(step, expected, { absolute: 1e-8 })
      }),
      { numRuns: 200, seed: 5 },
    )
  })
})
