import { dot, random } from '@opt/core'
import fc from 'fast-check'
import type { Box, Domain, Simplex, seaExpConcave } from '../src/index.ts'
import { drawDomain, drawGradients, KINDS, learnersOn, TEMPERS } from './learners.ts'

const G = 3
const recipes = fc.record({
  kind: fc.constantFrom(...KINDS),
  dimension: fc.integer({ min: 1, max: 6 }),
  temper: fc.constantFrom(...TEMPERS),
  rounds: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(1e9),
})
type Recipe = typeof recipes extends fc.Arbitrary<infer T> ? T : never

function atMost(key: string, value: number, limit: number): void {
  if (!(value <= limit)) throw new Error(`${key}: ${value} exceeds ${limit}`)
}
const distance2 = (x: Float64Array, y: Float64Array) => x.reduce((s, v, i) => s + (v - y[i]) ** 2, 0)

function cook({ kind, dimension, temper, rounds, seed }: Recipe) {
  const rng = random(seed)
  const domain = drawDomain(kind, dimension, rng)
  return { rng, domain, gradients: drawGradients(seed + 1, rounds, domain.dimension, temper, G) }
}
const learners = (domain: Domain) => (domain.diameter > 0 ? learnersOn(domain, G) : {})

/**
 * The comparators that hurt most: minimisers of the linear sum, of the sum of a learner's own
 * surrogate, and random points.
 */
function comparators(domain: Domain, gradients: Float64Array[], rng: ReturnType<typeof random>): Float64Array[] {
  const sum = gradients.reduce((s, g) => s.map((v, i) => v + g[i]), new Float64Array(domain.dimension))
  const far = domain.project(sum.map((v, i) => domain.center()[i] - 1e6 * v))
  const near = domain.project(sum.map((v, i) => domain.center()[i] - 0.1 * v))
  const random = () => domain.project(domain.center().map((c) => c + rng.normal(0, domain.diameter)))
  return [far, near, random(), random()]
}

/** What each certificate bounds, beside the linear regret: a curvature it may subtract. */
const curvature: Record<string, (g: Float64Array, x: Float64Array, u: Float64Array) => number> = {
  seaStrong: (_, x, u) => 0.2 * distance2(x, u),
  ogdStrong: (_, x, u) => 0.2 * distance2(x, u),
  ons: (g, x, u) => 0.15 * (dot(g, x) - dot(g, u)) ** 2,
}

describe('a thousand random worlds', () => {
  test('no regret exceeds a certificate, whatever the gradients; every point played is in the domain', () => {
    let checked = 0
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { rng, domain, gradients } = cook(recipe)
        const rivals = comparators(domain, gradients, rng)
        for (const [key, make] of Object.entries(learners(domain))) {
          const learner = make()
          const curved =
            learner.name === 'seaExpConcave'
              ? (g: Float64Array, x: Float64Array, u: Float64Array) =>
                  ((learner as ReturnType<typeof seaExpConcave>).beta / 2) * (dot(g, x) - dot(g, u)) ** 2
              : (curvature[learner.name] ?? (() => 0))
          const regrets = rivals.map(() => 0)
          for (const g of gradients) {
            const x = learner.predict()
            if (!domain.contains(x, 1e-9)) throw new Error(`${key} left the ${domain.kind}`)
            rivals.forEach((u, k) => {
              regrets[k] += dot(g, x) - dot(g, u) - curved(g, x, u)
            })
            learner.update(g)
          }
          const certificate = learner.certificate()
          if (certificate === undefined) continue
          checked++
          const slack = 1e-9 * (1 + Math.abs(certificate) + gradients.length)
          for (const regret of regrets) atMost(key, regret, certificate + slack)
          if (learner.name !== 'seaExpConcave') continue
          const vBound = (learner as ReturnType<typeof seaExpConcave>).vBound()!
          atMost(key, certificate, vBound + slack)
        }
      }),
      { numRuns: 1000, seed: 7 },
    )
    expect(checked).toBeGreaterThan(8000)
  })

  test('n rounds and n more through a saved state, in JSON, are 2n rounds to the bit', () => {
    fc.assert(
      fc.property(recipes, fc.nat(99), (recipe, pick) => {
        const { domain, gradients } = cook(recipe)
        const all = Object.entries(learners(domain))
        for (const [key, make] of all.filter((_, k) => k === pick % all.length)) {
          const [whole, first, second] = [make(), make(), make()]
          for (const g of [...gradients, ...gradients]) whole.update(g)
          for (const g of gradients) first.update(g)
          second.load(JSON.parse(JSON.stringify(first.state())))
          for (const g of gradients) second.update(g)
          expect([key, second.state()]).toEqual([key, whole.state()])
          expect(second.certificate()).toBe(whole.certificate())
        }
      }),
      { numRuns: 1000, seed: 8 },
    )
  })
})

describe('two thousand random projections', () => {
  const cases = fc.record({
    kind: fc.constantFrom('ball', 'box', 'simplex'),
    dimension: fc.integer({ min: 1, max: 12 }),
    spread: fc.constantFrom(0, 0.5, 3, 50),
    condition: fc.constantFrom(1, 30, 1e4),
    ties: fc.boolean(),
    seed: fc.nat(1e9),
  })
  test('satisfy their optimality conditions: <H (y - x), u - x> <= 0 for the point of the domain that tests it hardest', () => {
    fc.assert(
      fc.property(cases, ({ kind, dimension, spread, condition, ties, seed }) => {
        const rng = random(seed)
        const domain = drawDomain(kind, dimension, rng)
        const y = domain.center().map((c) => c + (ties ? Math.round(rng.normal(0, spread)) : rng.normal(0, spread)))
        const H = randomMetric(dimension, condition, rng)
        for (const metric of [undefined, H]) {
          const x = metric ? domain.projectMetric(y, metric) : domain.project(y)
          expect(domain.contains(x, 1e-9)).toBe(true)
          const gap = x.map((v, i) => y[i] - v)
          const slope = metric ? metric.map((row) => row.reduce((s, h, j) => s + h * gap[j], 0)) : [...gap]
          const size = Math.sqrt(slope.reduce((s, v) => s + v * v, 0))
          if (size === 0) continue
          const u = support(domain, slope)
          const violation = slope.reduce((s, v, i) => s + v * (u[i] - x[i]), 0)
          const terms = Math.max(...(metric ?? [[1]]).flat().map(Math.abs)) * Math.sqrt(distance2(x, y))
          const rounding = 1e-14 * (1 + Math.max(...y.map(Math.abs))) * condition
          expect(violation).toBeLessThan((1e-10 * (terms * dimension + size) + rounding) * (1 + domain.diameter))
        }
      }),
      { numRuns: 2000, seed: 9 },
    )
  })
})

/** The point of the domain that lies furthest in a direction. */
function support(domain: Domain, direction: number[]): Float64Array {
  const size = Math.sqrt(direction.reduce((s, v) => s + v * v, 0))
  if (domain.kind === 'ball') return domain.center().map((c, i) => c + ((domain.diameter / 2) * direction[i]) / size)
  if (domain.kind === 'box')
    return (domain as Box).lower().map((l, i) => (direction[i] > 0 ? (domain as Box).upper()[i] : l))
  const best = direction.indexOf(Math.max(...direction))
  return Float64Array.from(direction, (_, i) => (i === best ? (domain as Simplex).total : 0))
}

function randomMetric(n: number, condition: number, rng: ReturnType<typeof random>): number[][] {
  // A product of reflections keeps the eigenvalues, from 1 to the condition.
  const H = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? condition ** (n === 1 ? 0 : i / (n - 1)) : 0)),
  )
  for (let k = 0; k < 3; k++) {
    const v = Array.from({ length: n }, () => rng.normal())
    const square = v.reduce((s, a) => s + a * a, 0)
    const reflect = (M: number[][]) =>
      M.map((row) => {
        const t = (2 * row.reduce((s, a, j) => s + a * v[j], 0)) / square
        return row.map((a, j) => a - t * v[j])
      })
    const transpose = (M: number[][]) => M[0].map((_, j) => M.map((row) => row[j]))
    const turned = transpose(reflect(transpose(reflect(H))))
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) H[i][j] = (turned[i][j] + turned[j][i]) / 2
  }
  return H
}
