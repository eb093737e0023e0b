import { distance, golden, near } from '@opt/testing'
import * as api from '../src/index.ts'

const { projections, proximal } = golden(import.meta.url, 'cvxpy.json')
type Make = (...args: unknown[]) => unknown
const make = new Map(Object.entries(api as unknown as Record<string, Make>))

for (const [k, { kind, options, y, euclidean, H, metric }] of projections.entries())
  test(`projection ${k}: ${kind} in ${y.length} dimensions`, () => {
    const set = make.get(kind)!(options) as api.ConvexSet
    expect(distance(set.project(y), euclidean)).toBeLessThan(1e-6)
    if (H) expect(distance(set.projectMetric(y, H), metric)).toBeLessThan(1e-6)
  })

for (const [k, { name, args, v, step, prox, value }] of proximal.entries())
  test(`proximal point ${k}: ${name}`, () => {
    const term = make.get(name)!(...args) as api.ProximalTerm
    expect(distance(term.prox(v, step), prox)).toBeLessThan(1e-5)
    near(term.value(prox.map((x: number) => (name === 'negativeEntropy' ? Math.max(x, 0) : x))), value, {
      absolute: 1e-9,
    })
  })
