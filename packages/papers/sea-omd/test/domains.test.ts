import { type Box, ball, bounds, box, type Domain, simplex } from '../src/index.ts'
import { gap, golden } from './golden.ts'

describe('golden projections', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a case as the golden file has it
  golden('projections').cases.forEach(({ domain, y, H, euclidean, mahalanobis }: any, k: number) => {
    const { type, ...options } = domain
    const set: Domain = type === 'ball' ? ball(options) : type === 'box' ? box(options) : simplex(options)
    it(`${k}: ${type} in ${y.length} dimensions`, () => {
      expect(gap(set.project(y), euclidean)).toBeLessThan(1e-9)
      expect(gap(set.projectMetric(y, H), mahalanobis)).toBeLessThan(1e-9)
    })
  })
})

it('golden bounds', () => {
  const near = (ours: number, theirs: number) => expect(Math.abs(ours - theirs) / theirs).toBeLessThan(1e-12)
  for (const { lam, d, P, N, ...c } of golden('bounds').cases) {
    near(bounds.convex(c), c.convex)
    near(bounds.strong({ ...c, lambda: lam }), c.strong)
    near(bounds.expConcave({ ...c, dimension: d }), c.expConcave)
    near(bounds.dynamic({ ...c, pathLength: P, poolSize: N }), c.dynamic)
    near(bounds.oftrl(c), c.oftrl)
  }
})

it('a metric projection on a box that is partly flat keeps the flat side', () => {
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
