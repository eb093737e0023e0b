import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const n = 30
    const rng = random(1)
    const root = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()))
    const A = root.map((a) => root.map((b) => a.reduce((sum, value, k) => sum + value * b[k], 0) / n))
    const operator = api.symmetric(n, (v, out) => {
      for (let i = 0; i < n; i++) out[i] = A[i].reduce((sum, a, j) => sum + a * v[j], 0)
    })
    say([
      api.symmetricEigen(A, { vectors: true }),
      api.tridiagonalEigen([1, 2, 3, 4], [0.5, 0.25, 1], { vectors: true }),
    ])
    say([api.hutchinson(operator, { probes: 10, seed: 1 }), api.hutchPlusPlus(operator, { products: 12, seed: 1 })])
    say([api.diagonal(operator, { probes: 10, seed: 1 }), api.lanczos(operator, { steps: 12, seed: 1 })])
    for (const which of ['largest', 'smallest', 'magnitude'] as const)
      say(api.extremeEigen(operator, { count: 2, which, seed: 1 }))
    say([api.powerIteration(operator, { seed: 1, maxIterations: 40 }), api.asymmetry(operator, { seed: 1 })])
    const spectrum = api.spectrum(operator, { probes: 3, steps: 15, seed: 1 })
    say([spectrum, spectrum.sum((x) => x * x), spectrum.density({ sigma: 0.1, points: 40 }), spectrum.cumulative(1)])
    say([
      api.spectralDensity(operator, { seed: 1, points: 40 }),
      api.samplingBound({ size: n, probes: 3, failure: 0.1 }),
    ])
  })
  expect(bits).toBe('cf5af618d86a7031')
})
