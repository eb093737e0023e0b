import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { digest, optimizerDigest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(1)
    const inputs = Array.from({ length: 60 }, () => [rng.normal(), rng.normal()])
    const labels = inputs.map(([x, y]) => (x * y > 0 ? 1 : x > 0 ? 2 : 0))
    for (const test of ['norm', 'innerProduct', 'orthogonality', 'augmented', 'coordinate'] as const)
      for (const optimizer of ['adagrad-norm', 'adagrad', 'sgd'] as const) {
        const oracle = api.networkOracle(mlp({ sizes: [2, 4, 3], batch: 60, seed: 1 }), inputs, labels)
        const start = mlp({ sizes: [2, 4, 3], seed: 2 }).parameters
        say(
          api.adadagrad(oracle, start, {
            test,
            optimizer,
            initial: 4,
            max: 60,
            learningRate: 0.2,
            examples: 400,
            seed: 3,
            maxIterations: 20,
          }),
        )
      }
    const rows = inputs.slice(0, 5)
    say(api.poolStatistics([api.statisticsOf(rows), api.statisticsOf(inputs.slice(5))]))
  })
  expect([
    bits,
    optimizerDigest((parameters) => new api.AdaGradNorm(parameters as never, { learningRate: 0.5 })),
  ]).toEqual(['27535bded4851b1d', 'd92f3f041b8c0d08'])
})
