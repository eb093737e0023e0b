import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(4)
    const pixels = () => ({ height: 6, width: 5, pixels: Array.from({ length: 30 }, () => rng.integer(0, 255)) })
    const [first, second] = [pixels(), pixels()]
    const problems = [
      api.randomAssignment(24, random(1)),
      api.densities1d(40, 2),
      api.imagePair(first.pixels, second.pixels, { height: 6, width: 5, metric: 'euclidean' }),
    ]
    for (const { cost, a, b } of problems) {
      const { f, g, ...rest } = api.sinkhornNewton(cost, a, b, { epsilon: 1e-2, tolerance: 1e-9 })
      say([f, g, rest.status, rest.error, rest.history])
      for (const domain of ['log', 'kernel'] as const) {
        const { f, g, error } = api.sinkhorn(cost, a, b, { epsilon: 0.05, domain, maxIterations: 60 })
        say([f, g, error])
      }
      say([api.potential(cost, a, b, { f, g, epsilon: 1e-2 })])
    }
    const points = Array.from({ length: 20 }, () => [rng.normal(), rng.normal()])
    const others = Array.from({ length: 15 }, () => [rng.normal(1), rng.normal()])
    say([
      api.wasserstein(points, others, { p: 1, epsilon: 0.05 }),
      api.sinkhornDivergence(points, others, { epsilon: 0.1 }),
    ])
    say(api.wasserstein(first, second, { epsilon: 1 }))
  })
  expect(bits).toBe('448798fa9a186063')
})
