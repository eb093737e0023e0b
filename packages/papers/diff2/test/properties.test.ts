import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import {
  Accountant,
  type Client,
  deltaFromRdp,
  diff2,
  diff2Theory,
  dpGradientDescent,
  epsilonFromRdp,
  feedbackNumber,
  gaussianDelta,
  gaussianEpsilon,
  gaussianMu,
  privacySchedule,
  rdpFixedSize,
  rdpGaussian,
  rdpPoisson,
  rowsClient,
  sensitivity,
  suggestRestart,
} from '../src/index.ts'
import { listed, meanClient, meanClients, rows } from './problems.ts'

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const silent = { normals: (out: Float64Array) => out.fill(0) }

describe('the accountant', () => {
  test('mu, epsilon and delta are inverses of each other, each rounded to the safe side', () => {
    fc.assert(
      fc.property(between(0.001, 30), between(1, 30), (epsilon, digits) => {
        const delta = 10 ** -digits
        const mu = gaussianMu(epsilon, delta)
        expect(gaussianDelta(mu, epsilon)).toBeLessThanOrEqual(delta * (1 + 1e-9))
        near(gaussianDelta(mu, epsilon), delta, { relative: 1e-8 })
        near(gaussianEpsilon(mu, delta), epsilon, { absolute: 1e-9, relative: 1e-9 })
        expect(gaussianDelta(mu * 1.01, epsilon)).toBeGreaterThan(delta)
        expect(gaussianDelta(mu, epsilon * 1.01)).toBeLessThan(delta)
      }),
      { numRuns: 300 },
    )
  })

  test('the ends: nothing spent, and wild scales', () => {
    expect(gaussianDelta(0, 1)).toBe(0)
    expect(gaussianEpsilon(0, 0.1)).toBe(0)
    expect(gaussianDelta(1e-300, 0)).toBeCloseTo(0, 200)
    expect(gaussianDelta(1e300, 1)).toBe(1)
    expect(gaussianDelta(1e-3, 700)).toBe(0)
    near(gaussianEpsilon(1e4, 1e-5), 5e7 + 1e4 * 4.2648907939, { relative: 1e-6 })
    expect(gaussianMu(1e-9, 1e-12)).toBeGreaterThan(0)
  })

  test('Poisson sampling: the binomial sum at integer orders; from nothing to the whole', () => {
    fc.assert(
      fc.property(between(0.001, 0.999), between(0.5, 20), fc.integer({ min: 2, max: 12 }), (q, s, order) => {
        // A = sum_k C(order, k) (1 - q)^(order - k) q^k e^(k (k - 1) / (2 s^2))
        let [sum, binomial] = [0, 1]
        for (let k = 0; k <= order; k++) {
          sum += binomial * (1 - q) ** (order - k) * q ** k * Math.exp((k * (k - 1)) / (2 * s * s))
          binomial = (binomial * (order - k)) / (k + 1)
        }
        near(rdpPoisson(q, s, order), Math.log(sum) / (order - 1), { relative: 1e-8, absolute: 1e-13 })
        expect(rdpPoisson(q, s, order)).toBeLessThanOrEqual(rdpGaussian(s, order) * (1 + 1e-12))
        expect(rdpPoisson(q, s, order + 0.5)).toBeGreaterThan(rdpPoisson(q, s, order))
      }),
      { numRuns: 150 },
    )
    expect(rdpPoisson(0, 1, 3)).toBe(0)
    expect(rdpPoisson(1, 2, 3)).toBe(rdpGaussian(2, 3))
    near(rdpPoisson(1 - 1e-12, 2, 3.5), rdpGaussian(2, 3.5), { relative: 1e-9 })
    near(rdpPoisson(0.01, 0.05, 30), rdpGaussian(0.05, 30) + (30 * Math.log(0.01)) / 29, { relative: 1e-9 })
  })

  test('fixed-size samples: grows with order and rate, interpolates between integers', () => {
    fc.assert(
      fc.property(
        between(0.01, 0.4),
        between(0.5, 10),
        fc.integer({ min: 2, max: 10 }),
        between(0.1, 0.9),
        (q, s, order, share) => {
          const [low, high] = [rdpFixedSize(q, s, order), rdpFixedSize(q, s, order + 1)]
          expect(high).toBeGreaterThanOrEqual(low)
          near(
            rdpFixedSize(q, s, order + share) * (order + share - 1),
            (1 - share) * low * (order - 1) + share * high * order,
            { relative: 1e-10 },
          )
          expect(rdpFixedSize(q * 1.1, s, order)).toBeGreaterThan(low)
        },
      ),
      { numRuns: 60 },
    )
    expect(rdpFixedSize(1, 2, 3)).toBe(rdpGaussian(2, 3))
    expect(rdpFixedSize(0, 2, 3)).toBe(0)
    expect(rdpFixedSize(0.01, 0.1, 64)).toBeLessThan(rdpGaussian(0.1, 64) + 5)
  })

  test('Renyi conversion never beats the exact formula, and inverts', () => {
    const orders = Array.from({ length: 200 }, (_, k) => 1.05 + k / 4)
    fc.assert(
      fc.property(between(0.05, 3), between(2, 12), (mu, digits) => {
        const delta = 10 ** -digits
        const rdp = orders.map((order) => (order * mu * mu) / 2)
        const { epsilon } = epsilonFromRdp(orders, rdp, delta)
        expect(epsilon).toBeGreaterThanOrEqual(gaussianEpsilon(mu, delta))
        expect(deltaFromRdp(orders, rdp, epsilon)).toBeLessThanOrEqual(delta * (1 + 1e-9))
      }),
      { numRuns: 100 },
    )
    expect(epsilonFromRdp([2], [0], 0.1).epsilon).toBe(0)
    expect(epsilonFromRdp([2, 3], [Infinity, 1], 0.1).order).toBe(3)
  })

  test('an Accountant: order does not matter, samples are by Renyi, kinds of sampling do not mix', () => {
    const events = [{ noiseMultiplier: 5 }, { noiseMultiplier: 2, sampling: 'poisson', rate: 0.1 }] as const
    const [a, b] = [
      new Accountant().add(events[0], 3).add(events[1], 7),
      new Accountant().add(events[1], 7).add(events[0], 3),
    ]
    near(a.epsilon(1e-5), b.epsilon(1e-5), { relative: 1e-12 })
    near(a.delta(a.epsilon(1e-5)), 1e-5, { relative: 1e-9 })
    expect(() => a.add({ noiseMultiplier: 1, sampling: 'fixed', rate: 0.5 })).toThrow(
      "event.sampling must be 'poisson'",
    )
    expect(new Accountant().epsilon(1e-5)).toBe(0)
    expect(new Accountant().add({ noiseMultiplier: Infinity }).add({ noiseMultiplier: 1 }, 0).epsilon(1e-5)).toBe(0)
  })
})

describe('schedules', () => {
  const budget = fc.record({
    epsilon: between(0.05, 20),
    delta: between(1e-10, 1e-3),
    rounds: fc.integer({ min: 1, max: 400 }),
    part: between(0, 1),
    share: between(0.05, 0.95),
  })

  test('all rounds cost the budget exactly, fewer cost less', () => {
    fc.assert(
      fc.property(budget, ({ part, ...given }) => {
        const restart = Math.max(1, Math.ceil(part * given.rounds))
        const plan = privacySchedule({ ...given, restart })
        expect(plan.epsilon).toBeLessThanOrEqual(given.epsilon)
        near(plan.epsilon, given.epsilon, { relative: 1e-9 })
        expect(plan.spent(0)).toBe(0)
        expect(plan.spent(given.rounds)).toBe(plan.epsilon)
        expect(plan.spent(Math.floor(given.rounds / 2))).toBeLessThanOrEqual(plan.epsilon)
        const again = privacySchedule({ ...given, restart, multipliers: plan.multipliers })
        expect(again.epsilon).toBe(plan.epsilon)
      }),
      { numRuns: 200 },
    )
  })

  test('samples in local steps cost less noise elsewhere, at the same budget', () => {
    const given = { epsilon: 2, delta: 1e-5, rounds: 40, restart: 5 }
    const local = { steps: 4, clients: 4 }
    const whole = privacySchedule({ ...given, local })
    expect(whole.mu).not.toBeNull()
    expect(whole.events.map(({ kind, count }) => [kind, count])).toEqual([
      ['gradient', 8],
      ['difference', 32],
      ['local', 30],
    ])
    for (const sampling of ['fixed', 'poisson'] as const) {
      const plan = privacySchedule({ ...given, local: { ...local, sampling, rate: 0.1 } })
      expect(plan.mu).toBeNull()
      expect(plan.epsilon).toBeLessThanOrEqual(2)
      near(plan.epsilon, 2, { relative: 1e-6 })
      expect(plan.multipliers.local).toBeLessThan(0.2 * whole.multipliers.local)
      const accountant = new Accountant()
      for (const { kind, count, ...event } of plan.events) accountant.add(event, count)
      near(accountant.epsilon(1e-5), plan.epsilon, { relative: 1e-9 })
    }
    const drawn = privacySchedule({ ...given, local: { ...local, turns: (r) => r } })
    expect(drawn.multipliers.local).toBeGreaterThan(whole.multipliers.local)
  })

  test('Renyi divergences: budgets that their orders cannot keep are refused, small ones of all records are kept', () => {
    const given = { delta: 1e-5, rounds: 10, restart: 2 }
    const local = { steps: 2, clients: 2, sampling: 'poisson', rate: 0.1 } as const
    expect(() => privacySchedule({ ...given, epsilon: 0.01, local })).toThrow(
      /epsilon must be a finite number of at least 0\.1/,
    )
    for (const epsilon of [0.01, 0.1, 1, 10]) {
      const plan = privacySchedule({ ...given, epsilon, accounting: 'renyi' })
      const exact = privacySchedule({ ...given, epsilon })
      expect(plan.epsilon).toBeLessThanOrEqual(epsilon)
      near(plan.epsilon, epsilon, { relative: 1e-6 })
      const more = plan.multipliers.gradient / exact.multipliers.gradient
      expect(more).toBeGreaterThan(1)
      expect(more).toBeLessThan(1.6)
    }
  })

  test("the paper's noise: never below the budget's, refused where R/T counts too few restarts", () => {
    expect(() => privacySchedule({ epsilon: 8, delta: 1e-5, rounds: 11, restart: 10, calibration: 'paper' })).toThrow(
      "privacySchedule: calibration must be 'exact' where restart does not divide rounds",
    )
  })

  test('suggestRestart is the largest T of feedback 1/4', () => {
    fc.assert(
      fc.property(
        between(0.5, 8),
        fc.integer({ min: 2, max: 300 }),
        between(0.01, 1),
        (epsilon, rounds, learningRate) => {
          const rest = { learningRate, clipDifference: 3, sensitivity: 2 / 13000, size: 101 }
          const best = suggestRestart({ epsilon, delta: 1e-5, rounds, ...rest })
          const all = Array.from({ length: rounds }, (_, k) => k + 1).filter((restart) => {
            const { multipliers } = privacySchedule({ epsilon, delta: 1e-5, rounds, restart })
            return feedbackNumber({ ...rest, restart, multiplier: multipliers.difference }) <= 0.25
          })
          expect(best).toBe(Math.max(...all))
        },
      ),
      { numRuns: 20 },
    )
  })

  test('theory: the rates of the paper scale as they should', () => {
    const given = { lipschitz: 2, smoothness: 3, gap: 0.5, size: 100, records: 1e4, epsilon: 1 }
    const a = diff2Theory(given)
    const b = diff2Theory({ ...given, records: 8e4 })
    near(a.dpGradientDescent / b.dpGradientDescent, 8, { relative: 1e-12 })
    near(a.diff2 / b.diff2, 16, { relative: 1e-12 })
    near(diff2Theory({ ...given, size: 800 }).diff2 / a.diff2, 4, { relative: 1e-12 })
    near(a.diff2, (2 * 3 * 0.5 * 100) ** (2 / 3) / 1e4 ** (4 / 3), { relative: 1e-12 })
    near(a.rounds * a.diff2, 1.5, { relative: 1e-12 })
    near(a.restart, 1e8 / (a.rounds * 100), { relative: 1e-12 })
    near(a.dpGradientDescent, Math.sqrt(3 * 4 * 0.5 * 100) / 1e4, { relative: 1e-12 })
  })
})

describe('runs', () => {
  const common = { delta: 1e-5, clipGradient: 1e6, clipDifference: 1e6, learningRate: 0.5 }

  test('without noise and clipping, DIFF2-GD, DP-GD and local steps of 1 are gradient descent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (restart, P, rounds) => {
          const clients = meanClients(
            3,
            Array.from({ length: P }, (_, p) => p + 2),
            2,
          )
          const given = { ...common, rounds, noise: silent, multipliers: { gradient: 1, difference: 1, local: 1 } }
          const { clipDifference: _, ...dp } = given
          const one = dpGradientDescent(clients, [1, 2], dp).x
          const two = diff2(clients, [1, 2], { ...given, restart: Math.min(restart, rounds) }).x
          const three = diff2(clients, [1, 2], {
            ...given,
            restart: Math.min(restart, rounds),
            local: { steps: 1, clip: 1 },
          }).x
          near(two, one, { absolute: 1e-12 })
          expect(three).toEqual(two)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('the noise has the deviation of the schedule: multiplier times 2 c / (n P), at the server', () => {
    const clients = meanClients(1, [4, 4, 4], 2)
    const noise = () =>
      listed([
        [1, 0],
        [0, 1],
      ])
    const given = {
      ...common,
      rounds: 2,
      restart: 2,
      clipGradient: 3,
      clipDifference: 2,
      multipliers: { gradient: 5, difference: 7 },
    }
    const run = (source: object) => diff2(clients, [1, 2], { ...given, ...source } as never).x
    const [quiet, noisy] = [run({ noise: silent, maxIterations: 1 }), run({ noise: noise(), maxIterations: 1 })]
    near(quiet[0] - noisy[0], (0.5 * 5 * 2 * 3) / 12, { relative: 1e-12 })
    near(quiet[1], noisy[1], { relative: 1e-12 })
  })

  test.each(['server', 'clients', 'local'] as const)("noise at '%s' has its deviation", (noiseAt) => {
    const counts = [3, 5]
    const clients = meanClients(1, counts, 400)
    const given = { ...common, rounds: 1, clipGradient: 1, multipliers: { gradient: 2 }, noiseAt }
    const { clipDifference: _, ...dp } = given
    const start = new Float64Array(400)
    const quiet = dpGradientDescent(clients, start, { ...dp, noise: silent }).x
    const rng = random(2)
    const noisy = dpGradientDescent(clients, start, {
      ...dp,
      noise: { normals: (out) => out.forEach((_, j) => (out[j] = rng.normal())) },
    }).x
    const deviation = Math.sqrt(noisy.reduce((s, v, j) => s + (v - quiet[j]) ** 2, 0) / 400) / 0.5
    const expected = noiseAt === 'local' ? Math.hypot(0.5 * 2 * (2 / 3), 0.5 * 2 * (2 / 5)) : 2 * sensitivity(counts)
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.25)
  })

  test('x_r = x_{r-1} gives a radius of 0, no message and no noise', () => {
    const client = meanClient([[0], [0]])
    const { x, history, status } = diff2([client], [0], {
      ...common,
      rounds: 3,
      restart: 3,
      noise: silent,
      multipliers: { gradient: 1, difference: 1 },
    })
    expect([x[0], status, ...history.map(({ clip }) => clip)]).toEqual([0, 'completed', 1e6, 0, 0])
  })

  test('a regularizer is added outside the clip', () => {
    const client = meanClient([[0]])
    const regularizer = (x: Float64Array, out: Float64Array) => void (out[0] = 10 * x[0])
    const { clipDifference: _, ...dp } = {
      ...common,
      rounds: 1,
      clipGradient: 0.5,
      noise: silent,
      multipliers: { gradient: 1 },
    }
    near(dpGradientDescent([client], [4], { ...dp, regularizer }).x, [4 - 0.5 * (0.5 + 40)], { relative: 1e-12 })
  })

  test('a run that blows up says so', () => {
    const client = rowsClient({ size: 1, count: 1, gradients: (x, _s, _c, out) => void (out[0] = -x[0]) })
    const regularizer = (x: Float64Array, out: Float64Array) => void (out[0] = -1e200 * x[0])
    const { clipDifference: _, ...dp } = { ...common, rounds: 50, noise: silent, multipliers: { gradient: 1 } }
    const { status, iterations } = dpGradientDescent([client], [1], { ...dp, regularizer })
    expect(status).toBe('diverged')
    expect(iterations).toBeLessThan(5)
  })

  test('a client of rows: the same bits whatever the blocks, brute force of its formula', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), between(0.01, 3), fc.integer({ min: 0, max: 1e6 }), (n, c, seed) => {
        const points = rows(random(seed), n, 3)
        const x = Float64Array.of(0.3, -0.2, 0.9)
        const out = new Float64Array(3)
        meanClient(points).clippedMean(x, c, out)
        const expected = [0, 0, 0]
        for (const point of points) {
          const g = point.map((v, j) => x[j] - v)
          const factor = Math.min(1, c / Math.hypot(...g))
          g.forEach((v, j) => (expected[j] += (factor * v) / n))
        }
        near(out, expected, { absolute: 1e-13 })
        const chosen = [...points.keys()].filter((i) => i % 2 === 0)
        meanClient(points).clippedDifference(x, new Float64Array(3), c, out, { indices: chosen, size: n })
        const length = Math.hypot(...x)
        near(
          out,
          [...x].map((v) => (v * Math.min(1, c / length) * chosen.length) / n),
          { absolute: 1e-12 },
        )
      }),
      { numRuns: 150 },
    )
  })

  test('with many records and a fair budget it finds the mean', () => {
    const clients: Client[] = meanClients(4, [4000, 4000], 2)
    const noise = {
      normals: (() => {
        const rng = random(3)
        return (out: Float64Array) => out.forEach((_, j) => (out[j] = rng.normal()))
      })(),
    }
    const { x } = diff2(clients, [1, 1], {
      epsilon: 1,
      delta: 1e-6,
      rounds: 30,
      restart: 5,
      clipGradient: 2,
      clipDifference: 1,
      learningRate: 0.4,
      noise,
    })
    for (const v of x) expect(Math.abs(v)).toBeLessThan(0.1)
  })
})
