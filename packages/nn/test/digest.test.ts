import { random } from '@opt/core'
import { SGD } from '@opt/optimizers'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

const ACTIVATIONS = ['identity', 'relu', 'leaky-relu', 'tanh', 'softplus', 'gelu', 'erf'] as const

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(1)
    const inputs = Array.from({ length: 20 }, () => [rng.normal(), rng.normal(), rng.normal()])
    const labels = inputs.map(([x, y]) => (x * y > 0 ? 1 : 0))
    for (const dtype of ['float64', 'float32'] as const)
      for (const activation of ACTIVATIONS) {
        const network = api.mlp({ sizes: [3, 6, 5, 2], activation, dtype, batch: 20, seed: 1 })
        const optimizer = new SGD(network.parameters, { learningRate: 0.1, momentum: 0.9 })
        const data = { inputs, targets: labels }
        const { history } = api.train(network, data, {
          optimizer,
          gradients: network.gradients,
          epochs: 3,
          batchSize: 8,
          seed: 2,
        })
        say(history)
        const direction = network.parameters.map((_, i) => (i % 5) - 2)
        say([network.parameters, network.loss(inputs, labels), network.hvp(inputs, labels, { parameters: direction })])
        say([network.gnvp(inputs, labels, direction), network.perExampleGradientNorms(inputs, labels)])
        say([network.inputGradient(inputs, labels), network.ntk(inputs.slice(0, 4))])
        for (const norm of ['linf', 'l2'] as const)
          say(api.pgd(network, inputs, labels, { epsilon: 0.1, norm, steps: 4, stepSize: 0.05 }))
      }
  })
  expect(bits).toBe('b32ba15e98660520')
})
