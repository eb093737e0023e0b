import { distance, golden, near } from '@opt/testing'
import { type Box, bounds, box } from '../src/index.ts'
import { goldenDomain } from './learners.ts'

for (const [k, example] of golden(import.meta.url, 'projections.json').cases.entries()) {
  const { domain, y, H, euclidean, mahalanobis } = example
  test(`golden projections ${k}: ${domain.type} in ${y.length} dimensions`, () => {
    const set = goldenDomain(domain)
    expect(distance(set.project(y), euclidean)).toBeLessThan(1e-9)
    expect(distance(set.projectMetric(y, H), mahalanobis)).toBeLessThan(1e-9)
  })
}

test('golden bounds', () => {
  for (const { lam, d, P, N, ...c } of golden(import.meta.url, 'bounds.json').cases) {
    near(bounds.convex(c), c.convex, { relative: 1e-12 })
    near(bounds.strong({ ...c, lambda: lam }), c.strong, { relative: 1e-12 })
    near(bounds.expConcave({ ...c, dimension: d }), c.expConcave, { relative: 1e-12 })
    near(bounds.dynamic({ ...c, pathLength: P, poolSize: N }), c.dynamic, { relative: 1e-12 })
    near(bounds.oftrl(c), c.oftrl, { relative: 1e-12 })
  }
})

test('a metric projection on a box that is partly flat keeps the flat side', () => {
  const flat: Box = box({ lower: [0, -1, 0], upper: [0, 1, 5] })
  const x = flat.projectMetric(
    [3, 4, -2],
    [
      [2, 1, 0],
      [1, 3, 0.5],
      [0, 0.5, 1],
    ],
  )
  expect(x[0]).toBe(0)
  expect(flat.contains(x)).toBe(true)
})
