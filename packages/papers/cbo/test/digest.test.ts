import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const { rastrigin, ackley, canyon, doubleWell, rosenbrock, himmelblau, quadratic } = api.objectives
    const all = [rastrigin(), ackley(), canyon(), doubleWell(), rosenbrock(), himmelblau(), quadratic()]
    const rng = random(1)
    for (const f of all)
      for (let i = 0; i < 20; i++) {
        const x = [rng.normal(0, 3), rng.normal(0, 3)]
        say([f.value(x), f.gradient(x)])
      }
    const options: api.CboOptions[] = [
      {},
      { noise: 'isotropic', sigma: 1.6 },
      { batchSize: 10, update: 'partial', ...api.cooling({ sigma: 5, alpha: 50, every: 5 }) },
      { batchSize: 10, kickBelow: 1, reduction: { every: 10 } },
      { alpha: { effectiveSampleSize: 0.4 }, gradient: all[0].gradient, gradientStrength: 0.5 },
      { random: random(3), project: (x) => x.map((v) => Math.max(v, -1)) },
    ]
    for (const one of options)
      say(api.cbo(all[0].value, { mean: 2, deviation: 2, dimension: 5 }, { ...one, maxIterations: 60, tolerance: 0 }))
    const hops = { width: api.decay(0.7), maxIterations: 40, tolerance: 0 }
    say(api.consensusHopping(all[2].value, [8, 8], hops))
    say(api.proximalHop(all[1].value, [1, 2, 3], { tau: 0.1 }))
    say(api.smoothedObjective(all[1].value, [1], { alpha: 3, width: 0.2 }))
    say(api.gradientDescent(all[2].value, [8, 8], { maxIterations: 50 }))
    say(api.langevin(all[2].value, [8, 8], { maxIterations: 50 }))
    for (const noise of ['isotropic', 'anisotropic'] as const)
      say(api.stability({ lambda: 1, sigma: 3, dt: 0.01, noise, dimension: 7 }))
    say(api.alphaOfSampleSize([1, 2, 3, 5, 8], 0.4))
  })
  expect(bits).toBe('ef37d40797297c93')
})
