import { golden, near } from '@opt/testing'
import { bounds } from '../src/index.ts'

test('golden bounds', () => {
  for (const { lam, d, P, N, ...c } of golden(import.meta.url, 'bounds.json').cases) {
    near(bounds.convex(c), c.convex, { relative: 1e-12 })
    near(bounds.strong({ ...c, lambda: lam }), c.strong, { relative: 1e-12 })
    near(bounds.expConcave({ ...c, dimension: d }), c.expConcave, { relative: 1e-12 })
    near(bounds.dynamic({ ...c, pathLength: P, poolSize: N }), c.dynamic, { relative: 1e-12 })
    near(bounds.oftrl(c), c.oftrl, { relative: 1e-12 })
  }
})
