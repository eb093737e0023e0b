import { type Random, random } from '@opt/core'
import { ball, box, type Domain, ons, simplex } from '../src/index.ts'
import { double, exact, multiply, projectExactly, solve } from './exact.ts'
import { GROWTH, growing } from './learners.ts'

const N = 3
const domains: Domain[] = [ball({ dimension: N }), box({ dimension: N }), simplex({ dimension: N })]
const gamma = 0.7

/** Plays ons in exact arithmetic, from the learner's own point each round; gradients may be off by their last bits. */
function exactTwin(domain: Domain, rng?: Random) {
  const root = exact(1 / (gamma * domain.diameter))
  const A = Array.from({ length: N }, (_r, i) =>
    Array.from({ length: N }, (_c, j) => (i === j ? multiply([[root]], [root])[0] : 0n)),
  )
  return (before: Float64Array, gradient: number[]): Float64Array => {
    const g = gradient.map((v) => exact(rng ? v * (1 + 4e-16 * rng.uniform(-1, 1)) : v))
    for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) A[i][j] += multiply([[g[i]]], [g[j]])[0]
    const step = solve(A, g)
    const y = [...before].map((v, i) => exact(v) - (step[i] * exact(1)) / exact(gamma))
    return Float64Array.from(projectExactly(domain, A, y), double)
  }
}
const furthest = (x: Float64Array, y: Float64Array) => Math.max(...x.map((v, i) => Math.abs(v - y[i])))

// Where last bits of the gradients decide, the answer is anything that they allow.
test.each(GROWTH.flatMap((shape) => domains.map((domain) => [shape, domain.kind, domain] as const)))(
  'gradients %s: ons plays the point that exact arithmetic gives, on a %s',
  (shape, _, domain) => {
    const rng = random(14)
    const learner = ons({ domain, gamma })
    const right = exactTwin(domain)
    const blurred = [random(1), random(2), random(3)].map((chance) => exactTwin(domain, chance))
    let sharp = 0
    for (let t = 0; t < 16; t++) {
      const g = growing(shape, t, N, () => rng.normal())
      const before = learner.predict().slice()
      learner.update(g)
      const x = right(before, g)
      const allowed = 1e-8 + 30 * Math.max(...blurred.map((play) => furthest(play(before, g), x)))
      if (allowed < 1e-6) sharp++
      expect(furthest(learner.predict(), x)).toBeLessThan(allowed)
    }
    expect(sharp).toBeGreaterThan(4)
  },
)
