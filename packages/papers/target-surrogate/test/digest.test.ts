import { mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'
import { points } from './problem.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const { inputs, labels } = points(30, 5, 4)
    const rules = [
      api.fixedEta(),
      api.armijoEta(),
      api.adagradNormEta(),
      api.adagradEta(),
      api.adamEta(),
      api.newtonEta(),
    ]
    for (const rule of rules)
      for (const inner of [
        api.armijoSteps(),
        api.exactSolve(),
        api.gradientSteps({ stepSize: 0.1 }),
        api.optimizerSteps((theta) => new Adam(theta, { learningRate: 1e-3 })),
      ]) {
        const options = {
          loss: api.logistic(),
          rule,
          inner,
          steps: 4,
          maxIterations: 5,
          schedule: 'exponential',
          total: 9,
        } as const
        say(api.minimize(api.linear({ inputs: 5 }), [0, 0, 0, 0, 0], { inputs, labels }, options).checkpoint)
      }
    const network = mlp({ sizes: [5, 4, 2], activation: 'tanh', batch: 30, seed: 1 })
    const options = { loss: api.crossEntropy(), batchSize: 10, seed: 3, maxIterations: 9, schedule: 'sqrt' } as const
    say(api.minimize(api.networkModel(network), network.parameters, { inputs, labels }, options).history)
    const environment = {
      reset: (rng: { uniform(): number }) => [rng.uniform(), 0],
      step: ([x, t]: number[], [a]: Float64Array) => (t > 5 ? null : [x + 0.1 * a, t + 1]),
      features: ([x]: number[]) => [x, 1],
    }
    const task = { environment, expert: ([x]: number[]) => [0.3 - x * x], policy: api.linear({ inputs: 2 }) }
    say(api.imitate(task as never, [0, 0], { beta: 0.5, rounds: 4, samples: 20 }).checkpoint)
    say(api.linearSmoothness(inputs, { eta: 4, features: 5 }))
  })
  expect(bits).toBe('7fcd804c5fcfa38f')
})
