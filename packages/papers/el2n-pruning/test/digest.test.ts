import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(1)
    const inputs = Array.from({ length: 40 }, () => [rng.normal(), rng.normal()])
    const labels = inputs.map(([x, y]) => (x * y > 0 ? 1 : x > 0 ? 2 : 0))
    const logits = inputs.map(([x, y]) => [x, y, x * y])
    say([
      api.el2n(logits, labels, { classes: 3 }),
      api.margin(logits, labels, { classes: 3 }),
      api.grandLastLayer(logits, labels, inputs, { classes: 3, width: 2, bias: true }),
    ])
    for (const dtype of ['float64', 'float32'] as const) {
      const network = api.createMlp([2, 5, 3], { seed: 1, dtype, batch: 40 })
      say([api.grand(network, inputs, labels), api.grand(network, inputs, labels, { layers: 'last' })])
      say(api.ntk(network, inputs.slice(0, 6)))
      api.train(network, { inputs, targets: labels }, { steps: 30, batchSize: 8, learningRate: 0.1, seed: 2 })
      say(network.parameters)
    }
    for (const score of ['el2n', 'grand'] as const)
      say(
        api.scoreExamples(
          { inputs: Float64Array.from(inputs.flat()), labels },
          { sizes: [2, 4, 3], score, epochs: 2, batchSize: 8, networks: 3, seed: 1 },
        ),
      )
    const scores = inputs.map(([x]) => x)
    say(api.select(scores, { keep: 0.5, labels, balance: true }))
    say(api.selectWithDetails(scores, { keep: 12, strata: 4, dropHardest: 0.1, seed: 1 }))
    say(api.permuteLabels(labels, { fraction: 0.3, seed: 1 }))
  })
  expect(bits).toBe('db8880dbb737ab6d')
})
