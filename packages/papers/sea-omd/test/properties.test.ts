import { dot, random } from '@opt/core'
import fc from 'fast-check'
import type { Domain, seaExpConcave } from '../src/index.ts'
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
