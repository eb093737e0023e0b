import { exp, log, type Random, random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

const seeds = fc.integer({ min: 0, max: 1e9 })
const rows = (rng: Random, n: number, d: number) =>
  Array.from({ length: n }, () => {
    const x = Array.from({ length: d }, () => rng.normal())
    const length = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0))
    return x.map((v) => (v / length) * rng.uniform(0.1, 1))
  })
const distribution = (rng: Random, n: number) => {
  const p = Array.from({ length: n }, () => rng.uniform(1e-3, 1))
  const sum = p.reduce((total, v) => total + v, 0)
  return p.map((v) => v / sum)
}
const dot = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x).reduce((sum, v, i) => sum + v * y[i], 0)

/** A small world, one of its policies, and losses in [0, 1]. */
function draw(seed: number) {
  const rng = random(seed)
  const sizes = {
    horizon: rng.integer(1, 4),
    states: rng.integer(1, 4),
    actions: rng.integer(1, 4),
    dimension: rng.integer(1, 5),
  }
  const mdp = api.randomMdp({ ...sizes, random: rng })
  const { horizon: H, states: S, actions: A, dimension: d } = mdp
  const policy = ndarray(Float64Array.from(Array.from({ length: H * S }, () => distribution(rng, A)).flat()), [H, S, A])
  const theta = Array.from({ length: H }, () => Array.from({ length: d }, () => rng.uniform()))
  return { rng, mdp, H, S, A, d, policy, theta }
}

test('a step is the minimiser over the simplex: the gradient is constant where p > 0', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 1, max: 8 }),
      fc.double({ min: -3, max: 6, noNaN: true }),
      (seed, n, power) => {
        const rng = random(seed)
        const scale = exp(power * log(10))
        const losses = Array.from({ length: n }, () => scale * rng.normal())
        const eta = rng.uniform(0.01, 2)
        const barrier = api.ftrlStep(losses, { learningRate: eta })
        near(
          barrier.reduce((sum, p) => sum + p, 0),
          1,
          { absolute: 1e-14 },
        )
        const slopes = losses.map((c, a) => eta * c - 1 / barrier[a])
        near(
          slopes,
          slopes.map(() => slopes[0]),
          { absolute: 1e-9 * (1 + eta * scale) * n },
        )
        const soft = api.ftrlStep(losses, { learningRate: eta, regularizer: 'negativeEntropy' })
        near(
          soft.reduce((sum, p) => sum + p, 0),
          1,
          { absolute: 1e-14 },
        )
        const least = Math.min(...losses)
        near(
          soft.map((p) => p / soft[losses.indexOf(least)]),
          losses.map((c) => exp(-eta * (c - least))),
          { absolute: 1e-13 },
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('the bounds of the log barrier hold for arbitrary losses, the entropy’s for eta c >= -1', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const n = rng.integer(2, 5)
      const eta = exp(rng.uniform(-4, 3))
      const regularizer = rng.uniform() < 0.5 ? 'logBarrier' : 'negativeEntropy'
      const scale = exp(rng.uniform(-3, 3))
      const losses = Array.from({ length: 10 }, () =>
        Array.from({ length: n }, () =>
          Math.max(scale * rng.normal(), regularizer === 'logBarrier' ? -Infinity : -1 / eta),
        ),
      )
      const C = new Float64Array(n)
      const plays = losses.map((c) => {
        const p = api.ftrlStep(C, { regularizer, learningRate: eta })
        for (let a = 0; a < n; a++) C[a] += c[a]
        return p
      })
      const bound = api.ftrlBound({ plays, losses, comparator: distribution(rng, n), regularizer, learningRate: eta })
      expect(bound.regret).toBeLessThanOrEqual(bound.secondMoment + 1e-9 * (1 + scale))
      if (bound.variance !== undefined) expect(bound.regret).toBeLessThanOrEqual(bound.variance + 1e-9 * (1 + scale))
    }),
    { numRuns: 300 },
  )
})

test('the direct inverse times the covariance is the identity; resampling has the mean that its formula says', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const [n, d] = [rng.integer(1, 12), rng.integer(1, 5)]
      const phi = rows(rng, n, d)
      const gamma = exp(rng.uniform(-6, 0))
      const weights = phi.map(() => rng.uniform(0, 2))
      const G = api.inverseCovariance(phi, { regularization: gamma, weights })
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          let sum = gamma * G.get(i, j)
          phi.forEach((x, k) => {
            for (let l = 0; l < d; l++) sum += (weights[k] / n) * x[i] * x[l] * G.get(l, j)
          })
          near(sum, Number(i === j), { absolute: 1e-9 })
        }
      // All samples are the same: the geometric series of one matrix, which the chain sums exactly.
      const same = Array.from({ length: 30 }, () => phi[0])
      const geometric = api.inverseCovariance(same, { regularization: gamma, method: 'geometric', chain: 30 })
      const square = dot(phi[0], phi[0])
      // Along phi the matrix is the number a = gamma + |phi|^2.
      const a = gamma + square
      let power = 1
      for (let k = 0; k < 31; k++) power *= 1 - a / 2
      const along = phi[0].map((_, i) =>
        dot(
          Array.from({ length: d }, (_, j) => geometric.get(i, j)),
          phi[0],
        ),
      )
      near(
        along,
        phi[0].map((v) => (v * (1 - power)) / a),
        { absolute: 1e-10 },
      )
    }),
    { numRuns: 150 },
  )
})

test('the bias of the direct inverse is within its bound', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      // In one dimension the norm is a quotient.
      const [sigma, estimate, gamma] = [rng.uniform(), rng.uniform(), exp(rng.uniform(-5, 0))]
      const epsilon = Math.abs(estimate - sigma) / (sigma + gamma)
      if (epsilon >= 1) return
      const [phi, w] = [rng.uniform(-1, 1), rng.normal()]
      const inverse = 1 / (estimate + gamma)
      const bound = api.directBias({
        phi: [phi],
        w: [w],
        covariance: [[sigma]],
        inverse: [[inverse]],
        regularization: gamma,
        epsilon,
      })
      expect(Math.abs(phi * inverse * sigma * w - phi * w)).toBeLessThanOrEqual(bound + 1e-12)
    }),
    { numRuns: 100 },
  )
})

test('occupancies are distributions; a value is the mean of its losses; brute force finds no better policy', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { mdp, H, S, A, d, policy, theta } = draw(seed)
      const occupancy = mdp.occupancy(policy)
      let value = 0
      for (let h = 0; h < H; h++) {
        let mass = 0
        for (let x = 0; x < S; x++) {
          mass += occupancy.get(h, x)
          for (let a = 0; a < A; a++) {
            const phi = mdp.phi.slice(((h * S + x) * A + a) * d).slice(0, d)
            value += occupancy.get(h, x) * policy.get(h, x, a) * dot(phi, theta[h])
          }
        }
        near(mass, 1, { absolute: 1e-12 })
      }
      near(mdp.evaluate(policy, theta).value, value, { absolute: 1e-12 })
      const best = mdp.optimal(theta)
      expect(best.value).toBeLessThanOrEqual(value + 1e-12)
      const count = A ** (H * S)
      if (count > 300) return
      let least = Infinity
      for (let code = 0; code < count; code++) {
        const deterministic = new Float64Array(H * S * A)
        for (let state = 0, rest = code; state < H * S; state++, rest = Math.floor(rest / A))
          deterministic[state * A + (rest % A)] = 1
        least = Math.min(least, mdp.evaluate(deterministic, theta).value)
      }
      near(best.value, least, { absolute: 1e-12 })
    }),
    { numRuns: 150 },
  )
})

test('both estimators have the mean Q - gamma phi G w, and their bounds from below and of second moments', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { rng, mdp, H, S, A, d, policy, theta } = draw(seed)
      const gamma = exp(rng.uniform(-4, 0))
      const h = H - 1
      const occupancy = mdp.occupancy(policy)
      const sigma = mdp.covariance(policy)
      const all = Array.from({ length: S * A }, (_, k) => [...mdp.phi.slice((h * S * A + k) * d).slice(0, d)])
      const weights = all.map((_, k) => occupancy.get(h, Math.floor(k / A)) * policy.get(h, Math.floor(k / A), k % A))
      const G = api.inverseCovariance(all, { regularization: gamma, weights: weights.map((w) => w * all.length) })
      const Gw = Array.from({ length: d }, (_, i) =>
        dot(
          Array.from({ length: d }, (_, j) => G.get(i, j)),
          theta[h],
        ),
      )
      for (const estimator of ['plain', 'magnitudeReduced'] as const) {
        const mean = new Float64Array(S * A)
        const moment = new Float64Array(S * A)
        const squares = all.map((phi) =>
          dot(
            phi,
            phi.map((_, j) =>
              dot(
                phi.map((__, l) => G.get(j, l)),
                phi,
              ),
            ),
          ),
        )
        all.forEach((visited, k) => {
          const estimate = api.estimate({
            rows: all,
            inverse: G,
            visited,
            lossToGo: Math.min(1, dot(visited, theta[h])),
            estimator,
            bound: 1,
            reference: all,
            probabilities: weights,
          })
          estimate.forEach((q, i) => {
            mean[i] += weights[k] * q
            moment[i] += weights[k] * q * q
            expect(q).toBeGreaterThanOrEqual(estimator === 'plain' ? -1 / gamma : -Math.sqrt(squares[i]) - 1e-9)
          })
        })
        const most = estimator === 'plain' ? 1 : 2
        moment.forEach((m, i) => void expect(m).toBeLessThanOrEqual(most * squares[i] + 1e-9))
        near(
          mean,
          all.map((phi) => dot(phi, theta[h]) - gamma * dot(phi, Gw)),
          { absolute: 1e-9 },
        )
      }
      expect(sigma.shape).toEqual([H, d, d])
    }),
    { numRuns: 100 },
  )
})

test('the dilated bonus: its recursion and identity, and the mean of the draws', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { rng, mdp, H, S, A, d, policy } = draw(seed)
      const G = ndarray(new Float64Array(H * d * d), [H, d, d])
      for (let h = 0; h < H; h++) for (let i = 0; i < d; i++) G.set(h, i, i, rng.uniform(1, 5))
      const beta = rng.uniform()
      const { bonus, dilated } = api.dilatedBonus(mdp, policy, G, { beta })
      const factor = 1 + 1 / H
      for (let h = 0; h < H; h++)
        for (let x = 0; x < S; x++)
          for (let a = 0; a < A; a++) {
            let B = bonus.get(h, x, a)
            for (let y = 0; y < S && h < H - 1; y++)
              for (let b = 0; b < A; b++)
                B +=
                  factor *
                  mdp.transitions[((h * S + x) * A + a) * S + y] *
                  policy.get(h + 1, y, b) *
                  dilated.get(h + 1, y, b)
            near(dilated.get(h, x, a), B, { relative: 1e-11 })
          }
      // sum_h E_{x ~ other}[<pi - other, B> + <other, b> + <pi, B> / H] = (1 + 1/H) V^B(start).
      const other = ndarray(Float64Array.from(Array.from({ length: H * S }, () => distribution(rng, A)).flat()), [
        H,
        S,
        A,
      ])
      const occupancy = mdp.occupancy(other)
      let [left, right] = [0, 0]
      for (let h = 0; h < H; h++)
        for (let x = 0; x < S; x++)
          for (let a = 0; a < A; a++) {
            const [pi, B] = [policy.get(h, x, a), dilated.get(h, x, a)]
            left +=
              occupancy.get(h, x) *
              ((pi - other.get(h, x, a)) * B + other.get(h, x, a) * bonus.get(h, x, a) + (pi * B) / H)
            if (h === 0) right += factor * mdp.startProbabilities[x] * pi * B
          }
      near(left, right, { relative: 1e-10 })
    }),
    { numRuns: 100 },
  )
  const { mdp, policy, H, d } = draw(5)
  const G = ndarray(new Float64Array(H * d * d), [H, d, d])
  for (let h = 0; h < H; h++) for (let i = 0; i < d; i++) G.set(h, i, i, 1 + i)
  const exact = api.dilatedBonus(mdp, policy, G, { beta: 1 }).dilated.data
  const rng = random(2)
  const mean = new Float64Array(exact.length)
  for (let k = 0; k < 4000; k++)
    api.dilatedBonus(mdp, policy, G, { beta: 1, random: rng }).dilated.data.forEach((B, i) => {
      mean[i] += B / 4000
    })
  near(mean, exact, { relative: 0.05 })
})

test('the regret reported is that of the values and the dynamic program on the summed losses', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { mdp, H, d } = draw(seed)
      const total = new Float64Array(H * d)
      let sum = 0
      const counter = api.adversaries.counter(d)
      const learner = [api.withSimulator, api.withoutSimulator, api.tabular, api.lsvi, api.uniform][seed % 5]
      const settings = learner === api.lsvi || learner === api.uniform ? {} : { learningRate: 0.5 }
      const bonus =
        learner === api.withSimulator || learner === api.withoutSimulator ? { beta: 0.01, regularization: 0.01 } : {}
      const { regret, history } = learner(
        mdp,
        (theta, situation) => {
          counter(theta, situation)
          theta.forEach((v, i) => {
            total[i] += v
          })
          sum += dot(situation.usage, theta)
        },
        { episodes: 30, every: 1, random: seed, ...settings, ...bonus } as never,
      )
      near(regret, sum - mdp.optimal(ndarray(total, [H, d])).value, { absolute: 1e-9 })
      expect(history).toHaveLength(30)
      for (const { policy } of history.slice(-1)) for (const p of policy().data) expect(p).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 60 },
  )
})

test('theory: the bounds of the first world, and what they say about a million episodes', () => {
  const sizes = { horizon: 3, actions: 4, dimension: 5 }
  const at = (algorithm: 'logBarrier' | 'magnitudeReduced', episodes: number) =>
    api.theoryParameters({ algorithm, ...sizes, episodes })
  near(at('logBarrier', 16_000).bound, 246_000, { relative: 0.01 })
  near(at('magnitudeReduced', 16_000).bound, 71_000, { relative: 0.01 })
  expect(at('logBarrier', 16_000).vacuous).toBe(true)
  expect(at('magnitudeReduced', 16_000).vacuous).toBe(true)
  expect(at('logBarrier', 400_000).vacuous).toBe(true)
  expect(at('logBarrier', 2_000_000).vacuous).toBe(false)
  const mdp = api.randomMdp({ random: 3 })
  for (const algorithm of ['logBarrier', 'magnitudeReduced'] as const) {
    const { parameters, bound } = at(algorithm, 300)
    const { regret } = api.withSimulator(mdp, api.adversaries.counter(5), { episodes: 300, ...parameters })
    expect(regret).toBeLessThan(bound)
  }
})

test('an endless loss, one action and one state: the answers that must be', () => {
  near(api.ftrlStep([0, 1e300, -1e300], { learningRate: 1e300 }), [0, 0, 1], { absolute: 0 })
  expect([...api.ftrlStep([3], { learningRate: 1 })]).toEqual([1])
  const mdp = api.randomMdp({ horizon: 2, states: 1, actions: 1, dimension: 1 })
  const options = { episodes: 20, learningRate: 1, beta: 0.1, regularization: 0.1 }
  near(api.withSimulator(mdp, api.adversaries.counter(1), options).regret, 0, { absolute: 1e-12 })
  near(api.withoutSimulator(mdp, api.adversaries.counter(1), options).regret, 0, { absolute: 1e-12 })
})
