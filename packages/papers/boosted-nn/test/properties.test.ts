import { lbfgs, random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import {
  type ActivationName,
  type BoostedNetworkOptions,
  baseObjective,
  boostedNetwork,
  decision,
  type LossName,
  losses,
  probabilities,
  staged,
  toNetwork,
} from '../src/index.ts'

const rng = random(7)
const gaussian = (n: number, d: number) =>
  Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()))

/** Targets of each loss that depend on the features. */
function problemOf(loss: LossName, n: number, d: number) {
  const X = gaussian(n, d)
  const score = X.map((x) => x[0] + 0.5 * (x[1] ?? 0) + 0.3 * rng.normal())
  if (loss === 'squared') return { X, y: score.map((v) => [v, -v * v]) }
  if (loss === 'logistic') return { X, y: score.map((v, i) => (i < 2 ? 2 * i - 1 : v > 0 ? 1 : -1)) }
  return { X, y: score.map((v, i) => (i < 3 ? i : v > 0.5 ? 2 : v > -0.5 ? 1 : 0)) }
}

const lossNames = fc.constantFrom<LossName>('squared', 'logistic', 'softmax')
const activations = fc.constantFrom<ActivationName>('sigmoid', 'tanh', 'relu')
const runs = { numRuns: 150 }

describe('a stage', () => {
  test('has the gradient that finite differences give', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        activations,
        fc.double({ min: 0, max: 2, noNaN: true }),
        (m, d, units, k, activation, l2) => {
          const { size, valueAndGradient } = baseObjective(gaussian(m, d), gaussian(m, k), { units, activation, l2 })
          const x = Float64Array.from({ length: size }, () => rng.normal())
          const [gradient, unused] = [new Float64Array(size), new Float64Array(size)]
          valueAndGradient(x, gradient)
          const direction = x.map(() => rng.normal())
          const at = (t: number) =>
            valueAndGradient(
              x.map((v, i) => v + t * direction[i]),
              unused,
            )
          const slope = direction.reduce((sum, v, i) => sum + v * gradient[i], 0)
          // A kink of relu within the difference costs as much as the step.
          const [h, allowed] = activation === 'relu' ? [1e-8, 1e-4] : [1e-5, 1e-6]
          near((at(h) - at(-h)) / (2 * h), slope, { absolute: allowed, relative: allowed })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('has its analytic value, with weight decay on weights only', () => {
    const { valueAndGradient, flatten } = baseObjective([[2], [-1]], [1, 3], { units: 1, l2: 0.5, activation: 'tanh' })
    const x = flatten({ W: [[0.3]], b: [0.2], V: [[-1.5]], c: [0.7] })
    const h = [2, -1].map((v) => 0.7 - 1.5 * Math.tanh(0.3 * v + 0.2))
    const squares = (h[0] - 1) * (h[0] - 1) + (h[1] - 3) * (h[1] - 3)
    near(valueAndGradient(x, new Float64Array(4)), squares / 4 + (0.5 / 4) * (0.09 + 2.25), { relative: 1e-14 })
  })

  test('fits residuals that a single unit can make, by any minimiser', () => {
    const X = gaussian(20, 2)
    const R = X.map(([a, b]) => 2 / (1 + Math.exp(-a - 0.5 * b)) - 1)
    const { size, valueAndGradient } = baseObjective(X, R, { units: 1, l2: 0 })
    const { value } = lbfgs(valueAndGradient, new Float64Array(size).fill(0.1), { tolerance: 1e-10 })
    expect(value).toBeLessThan(1e-12)
  })
})

describe('the losses', () => {
  test('have residuals that are minus their gradient: finite differences', () => {
    fc.assert(
      fc.property(
        lossNames,
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (name, n, size) => {
          const k = name === 'softmax' ? 3 : name === 'squared' ? 2 : 1
          const y = {
            squared: gaussian(n, 2),
            logistic: gaussian(n, 1).map(([v]) => (v > 0 ? 1 : -1)),
            softmax: gaussian(n, 1).map(([v]) => (v > 0.4 ? 2 : v > -0.4 ? 1 : 0)),
          }[name]
          const F = gaussian(n, k).map((row) => row.map((v) => size * v))
          const loss = losses[name]
          const r = loss.residuals(y, F)
          const direction = gaussian(n, k)
          const at = (t: number) =>
            loss.value(
              y,
              F.map((row, i) => row.map((v, j) => v + t * direction[i][j])),
            )
          const slope = (at(1e-5) - at(-1e-5)) / 2e-5
          // The squared loss drops its factor 2 and means over entries.
          const scale = name === 'squared' ? 2 / (n * k) : 1 / n
          const wanted = -scale * direction.flat().reduce((sum, v, i) => sum + v * r.data[i], 0)
          near(slope, wanted, { absolute: 1e-7, relative: 1e-7 })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('have Newton steps of their second derivative along a line', () => {
    fc.assert(
      fc.property(fc.constantFrom<LossName>('logistic'), fc.integer({ min: 2, max: 6 }), (name, n) => {
        const y = gaussian(n, 1).map(([v]) => (v > 0 ? 1 : -1))
        const [F, h] = [gaussian(n, 1), gaussian(n, 1)]
        const loss = losses[name]
        const at = (t: number) =>
          loss.value(
            y,
            F.map(([v], i) => v + t * h[i][0]),
          )
        const e = 1e-4
        const first = (at(e) - at(-e)) / (2 * e)
        const second = (at(e) - 2 * at(0) + at(-e)) / (e * e)
        fc.pre(second > 1e-2)
        near(loss.newtonStep(loss.residuals(y, F), h), -first / second, { absolute: 1e-4, relative: 1e-4 })
      }),
      runs,
    )
  })

  test('begin at the constants of least loss', () => {
    fc.assert(
      fc.property(lossNames, (name) => {
        const { y } = problemOf(name, 12, 2)
        const F0 = losses[name].initial(y)
        const value = (change: number[]) =>
          losses[name].value(y, Array(12).fill(Array.from(F0, (v, k) => v + change[k])))
        const least = value([0, 0, 0])
        for (let trial = 0; trial < 5; trial++)
          expect(value([0, 1, 2].map(() => rng.normal(0, 0.1)))).toBeGreaterThanOrEqual(least - 1e-14)
      }),
      runs,
    )
  })

  test('stay finite and exact for outputs of any size', () => {
    for (const size of [1e-300, 1, 700, 1e5, 1e300]) {
      const F = [[size], [-size]]
      near(
        losses.logistic.value([1, 1], F),
        size < 1
          ? Math.LN2
          : size > 1e4
            ? size
            : Math.log1p(Math.exp(-2 * size)) / 2 + (2 * size + Math.log1p(Math.exp(-2 * size))) / 2,
        { relative: 1e-14 },
      )
      const r = losses.logistic.residuals([1, 1], F).data
      expect(r.every((v) => v >= 0 && v <= 2)).toBe(true)
      near(r[0] + r[1], 2, { absolute: 1e-15 })
      const p = losses.softmax.probabilities([[size, 0, -size]]).data
      near(p[0] + p[1] + p[2], 1, { absolute: 1e-15 })
      expect(losses.softmax.newtonStep([[0, 0, 0]], [[1, 2, 3]])).toBe(0)
    }
  })
})

describe('boostedNetwork', () => {
  const quick = (loss: LossName, activation: ActivationName, seed: number, more: BoostedNetworkOptions = {}) =>
    boostedNetwork(problemOf(loss, 16, 3), {
      loss,
      activation,
      seed,
      units: 8,
      neuronsPerStep: 2,
      innerIterations: 12,
      ...more,
    })

  test('never raises the training loss with the safeguard, and reports what its network gives', () => {
    fc.assert(
      fc.property(
        lossNames,
        activations,
        fc.integer({ min: 0, max: 1000 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (loss, activation, seed, learningRate) => {
          const problem = problemOf(loss, 16, 3)
          const options = { loss, activation, seed, learningRate, units: 9, neuronsPerStep: 2, innerIterations: 12 }
          const answer = boostedNetwork(problem, options)
          const { losses: curve, network, steps } = answer
          expect(curve.length).toBe(steps.length + 1)
          for (let t = 1; t < curve.length; t++) expect(curve[t]).toBeLessThanOrEqual(curve[t - 1])
          expect(steps.every((step) => step >= 0)).toBe(true)
          expect(network.b.length).toBe(2 * steps.length)
          const all = staged(network, problem.X)
          near(all.at(-1)!.data, answer.decision.data, { absolute: 1e-12, relative: 1e-12 })
          all.forEach((F, t) => {
            near(losses[loss].value(problem.y, F), curve[t], { absolute: 1e-12, relative: 1e-12 })
            expect(decision(network, problem.X, { units: Math.min(2 * t + 1, 2 * steps.length) }).data).toEqual(F.data)
          })
          expect(answer.status).toBe('completed')
          expect(steps.length).toBe(4)
        },
      ),
      runs,
    )
  })

  test('is the same network in @opt/nn, with the probabilities', () => {
    fc.assert(
      fc.property(
        lossNames,
        activations,
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 2, max: 8 }),
        (loss, activation, seed, units) => {
          const { network } = quick(loss, activation, seed)
          const X = gaussian(5, 3)
          const dense = toNetwork(network, { units })
          const F = decision(network, X, { units }).data
          near(
            dense.predict(X),
            F.map((v) => (loss === 'logistic' ? 2 * v : v)),
            { absolute: 1e-11, relative: 1e-11 },
          )
          if (loss === 'squared') return
          const p = probabilities(network, X, { units }).data
          for (let i = 0; i < 5; i++) {
            const row = F.slice(3 * i, 3 * i + 3).map((v) => Math.exp(v))
            if (loss === 'logistic') near(p[i], 1 / (1 + Math.exp(-2 * F[i])), { absolute: 1e-14 })
            else
              near(
                p.slice(3 * i, 3 * i + 3),
                row.map((v) => v / (row[0] + row[1] + row[2])),
                { absolute: 1e-14 },
              )
          }
        },
      ),
      runs,
    )
  })

  test('predicts the same bits for a row alone, in many, and in a strided view', () => {
    const { network } = quick('softmax', 'sigmoid', 1)
    const X = gaussian(600, 3)
    const all = decision(network, X).data
    for (const i of [0, 255, 256, 599]) expect(decision(network, [X[i]]).data).toEqual(all.slice(3 * i, 3 * i + 3))
  })

  test('does not touch what it is given', () => {
    const X = gaussian(12, 3).map((row) => Object.freeze(row))
    const y = gaussian(12, 2).map((row) => Object.freeze(row))
    const before = JSON.stringify([X, y])
    boostedNetwork({ X: Object.freeze(X), y: Object.freeze(y) }, { units: 4, neuronsPerStep: 2, innerIterations: 5 })
    expect(JSON.stringify([X, y])).toBe(before)
  })

  test('fits its own residuals exactly where one unit suffices', () => {
    const X = gaussian(30, 2)
    const y = X.map(([a]) => 3 / (1 + Math.exp(-2 * a)))
    const options = { units: 1, neuronsPerStep: 1, learningRate: 1, subsample: 1, l2: 0 }
    const errors = [0, 1, 2].map((seed) => boostedNetwork({ X, y }, { ...options, seed }).losses[1])
    expect(Math.min(...errors)).toBeLessThan(1e-8)
  })
})
