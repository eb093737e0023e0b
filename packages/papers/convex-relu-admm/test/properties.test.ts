import { type Random, random } from '@opt/core'
import fc from 'fast-check'
import {
  convexRelu,
  enumeratePatterns,
  fromNetwork,
  type LossName,
  predict,
  samplePatterns,
  toNetwork,
} from '../src/index.ts'
import { losses, totalLoss } from '../src/program/losses.ts'
import { checkProblem } from '../src/program/problem.ts'
import { evaluate } from '../src/program/solution.ts'
import { worstLoss } from './shared.ts'

const seeds = fc.integer({ min: 0, max: 2 ** 31 })
const lossNames: LossName[] = ['squared', 'hinge', 'bce']

const normals = (n: number, d: number, rng: Random): number[][] =>
  Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()))

function problemOf(rng: Random) {
  const [n, d] = [rng.integer(1, 6), rng.integer(1, 4)]
  const X = normals(n, d, rng)
  const loss = lossNames[rng.integer(0, 3)]
  const y = X.map(() => (loss === 'squared' ? rng.normal() : rng.uniform() < 0.5 ? -1 : 1))
  return { X, y, n, d, loss, beta: 10 ** rng.uniform(-2, 0.5) }
}

const networkOf = (m: number, d: number, rng: Random) => ({
  hidden: normals(m, d, rng),
  output: Float64Array.from({ length: m }, () => rng.normal(0, 10 ** rng.uniform(-2, 1))),
})

function objectiveOf(
  { X, y, loss, beta }: ReturnType<typeof problemOf>,
  network: { hidden: { data: Float64Array } | number[][]; output: Float64Array },
): number {
  const weights = 'data' in network.hidden ? [...network.hidden.data] : network.hidden.flat()
  const squares = [...weights, ...network.output].reduce((sum, w) => sum + w * w, 0)
  return totalLoss(losses[loss], predict(network as Parameters<typeof predict>[0], X), y) + (beta / 2) * squares
}

describe('properties', () => {
  test('a network, its convex weights and the network of these predict the same, at objectives that only fall', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rng = random(seed)
        const problem = problemOf(rng)
        const { X, y, d, loss, beta } = problem
        const network = networkOf(rng.integer(1, 7), d, rng)
        const { patterns, weights } = fromNetwork(network, X)
        const V = Float64Array.of(...weights.v.data, ...weights.w.data)
        const { objective, violation, predictions } = evaluate(checkProblem(X, y, { patterns, loss, beta }), V)
        expect(violation).toBeLessThan(1e-12)
        const given = predict(network, X)
        for (const [k, f] of predictions.entries())
          expect(Math.abs(f - given[k])).toBeLessThan(1e-9 * (1 + Math.abs(f)))
        const recovered = toNetwork(weights)
        expect(Math.abs(objectiveOf(problem, recovered) / objective - 1)).toBeLessThan(1e-9)
        expect(objective).toBeLessThanOrEqual(objectiveOf(problem, network) * (1 + 1e-12))
      }),
      { numRuns: 1000 },
    )
  })

  test('no network is below the bound of all patterns, however early it is stopped', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rng = random(seed)
        const problem = problemOf(rng)
        const { X, y, d, loss, beta } = problem
        const patterns = enumeratePatterns(X)
        const answer = convexRelu(X, y, {
          patterns,
          loss,
          beta,
          maxIterations: rng.integer(1, 40),
          measureEvery: 5,
          history: false,
        })
        const floor = answer.lowerBound * (1 - 1e-12)
        expect(answer.lowerBound).toBeGreaterThanOrEqual(0)
        expect(answer.networkObjective).toBeGreaterThanOrEqual(floor)
        for (let t = 0; t < 20; t++) {
          const network = networkOf(rng.integer(1, 6), d, rng)
          const shrink = 10 ** rng.uniform(-3, 0)
          network.hidden = network.hidden.map((row) => row.map((v) => v * shrink))
          network.output = network.output.map((v) => v * shrink)
          expect(objectiveOf(problem, network)).toBeGreaterThanOrEqual(floor)
        }
        // Near the best there is: the answer itself, moved a little.
        const { hidden, output } = answer.network
        for (let t = 0; t < 10; t++) {
          const moved = Array.from(output, (_, i) =>
            Array.from({ length: d }, (_v, j) => hidden.get(i, j) * (1 + 0.01 * rng.normal())),
          )
          expect(objectiveOf(problem, { hidden: moved, output })).toBeGreaterThanOrEqual(floor)
        }
      }),
      { numRuns: 1000 },
    )
  })

  /**
   * Weights within all robust cones of their patterns: multiples of normals that are at least
   * epsilon away from every row.
   */
  function robustWeights(rng: Random) {
    const problem = problemOf(rng)
    const { X, d } = problem
    const perturbed = Array.from({ length: d }, (_, j) => j === 0 || rng.uniform() < 0.7)
    const P = rng.integer(1, 4)
    const g = normals(P, d, rng)
    const patterns = samplePatterns(X, { normals: g })
    const chosen = [...patterns.indices].map((i) => g[i])
    const distances = chosen.map((row) => {
      const margin = Math.min(...X.map((x) => Math.abs(x.reduce((s, v, j) => s + v * row[j], 0))))
      return margin / row.reduce((s, v, j) => s + (perturbed[j] ? Math.abs(v) : 0), 0)
    })
    const epsilon = 0.999 * Math.min(...distances)
    // A multiple of its normal for every pattern, some zero; then the same for w.
    const half = () =>
      chosen.flatMap((row) => {
        const factor = rng.uniform() < 0.3 ? 0 : Math.abs(rng.normal())
        return row.map((v) => v * factor)
      })
    const V = Float64Array.of(...half(), ...half())
    return { ...problem, patterns, perturbed, epsilon, V }
  }

  test('the robust loss is the loss at the worst corner', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { X, y, d, loss, patterns, perturbed, epsilon, V } = robustWeights(random(seed))
        const { objective, violation } = evaluate(
          checkProblem(X, y, { patterns, loss, beta: 0, epsilon, perturbed }),
          V,
        )
        expect(violation).toBeLessThanOrEqual(1e-12)
        const half = patterns.count * d
        const rows = (from: number) =>
          Array.from({ length: patterns.count }, (_, i) => V.subarray(from + i * d, from + (i + 1) * d))
        const network = toNetwork({ v: rows(0), w: rows(half) })
        const worst = worstLoss(network, { X, y, loss, epsilon, perturbed })
        expect(Math.abs(objective - worst)).toBeLessThan(1e-9 * (1 + worst))
      }),
      { numRuns: 1000 },
    )
  })

  test('no weights within the robust cones are below the robust bound', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rng = random(seed)
        const { X, y, loss, beta, patterns, perturbed, epsilon, V } = robustWeights(rng)
        const options = { patterns, loss, beta, epsilon, perturbed }
        const maxIterations = rng.integer(1, 60)
        const { lowerBound } = convexRelu(X, y, { ...options, maxIterations, history: false })
        const problem = checkProblem(X, y, options)
        for (let t = 0; t < 20; t++) {
          const shrink = 10 ** rng.uniform(-2, 0.3)
          const { objective } = evaluate(
            problem,
            V.map((v) => v * shrink),
          )
          expect(objective).toBeGreaterThanOrEqual(lowerBound * (1 - 1e-9))
        }
      }),
      { numRuns: 1000 },
    )
  })
})
