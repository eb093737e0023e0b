import { random } from '@opt/core'
import { digest } from '@opt/testing'
import {
  constant,
  decompose,
  geometric,
  gradientDescent,
  lossProportional,
  polyak,
  recover,
  scaling,
  signRip,
  subgm,
  syntheticProblem,
} from '../src/index.ts'

/** The same in every engine: Node 20 and 24 give these bits. */
test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(7)
    for (const measurement of ['gaussian', 'rank-one', 'entries'] as const)
      for (const outlier of ['normal', 'constant', 'cauchy'] as const) {
        const problem = syntheticProblem({
          size: 7,
          rank: 2,
          count: 120,
          corruption: 0.1,
          outlierScale: 5,
          outlier,
          measurement,
          random: rng,
        })
        const { measurements, y, truth, noise } = problem
        say([y, truth.data, noise])
        const { matrix, factor, history, ...rest } = recover(problem, { maxIterations: 150 })
        say([matrix.data, factor.data, history, rest])
        for (const stepSize of [geometric(), lossProportional(0.1), constant(0.03), polyak({ target: 0.1 })]) {
          const found = subgm(measurements, y, { stepSize, initial: 'random', random: rng, rank: 3, maxIterations: 40 })
          say([found.factor.data, Object.values(decompose(found.factor, truth))])
        }
        say(gradientDescent(measurements, y, { stepSize: constant(0.01), maxIterations: 20 }).factor.data)
        say(Object.values(signRip(measurements, truth, { rank: 2, noise })))
      }
    say([
      scaling.gaussian(2, 0.3),
      scaling.fromNoise(2, [0.1, 5]),
      scaling.outliers(2, { corruption: 0.3, outlierScale: 4 }),
    ])
  })
  expect(bits).toBe('6850e84305e3f457')
})
