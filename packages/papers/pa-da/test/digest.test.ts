import { random } from '@opt/core'
import { digest } from '@opt/testing'
import {
  evolve,
  gradientVariance,
  kendallTau,
  rankPaths,
  Supernet,
  searchModels,
  searchSpace,
  trainAlone,
  trainSupernet,
} from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(3)
    const inputs = Array.from({ length: 60 }, () => [rng.normal(), rng.normal(), rng.normal()])
    const labels = inputs.map(([a, b, c]) => (a * b > 0 ? 0 : c > 0 ? 1 : 2))
    const data = { inputs, labels }
    for (const dtype of ['float32', 'float64'] as const)
      for (const sampling of [
        {},
        { path: 'table', weights: true },
        { path: 'per-edge' },
        { method: 'fairnas' },
      ] as const) {
        const net = new Supernet({ inputs: 3, classes: 3, channels: 7, dtype, seed: 2 })
        const { history } = trainSupernet(net, data, { ...sampling, epochs: 3, batchSize: 15, seed: 4 })
        for (const { loss, gradientNorm, pathProbabilities } of history)
          say([loss, gradientNorm, ...pathProbabilities[0]])
        for (const row of Object.values(net.state().parameters)) say(row)
        say(rankPaths(net, data).accuracies)
        const { variance, uniform, joint } = gradientVariance(net, inputs, labels, { batch: 4 })
        say([variance, uniform, joint.variance])
        say(net.perExampleNorms(inputs, labels, [3, 2, 4]))
      }
    const alone = trainAlone([3, 1, 2], data, { inputs: 3, classes: 3, epochs: 4, batchSize: 16, seed: 5 })
    say(alone.network.forward(inputs))
    const found = searchModels(inputs, labels, undefined, { epochs: 4, batchSize: 12, channels: 5, finalists: 1 })
    say(found.ranking.map(({ accuracy }) => accuracy))
    say(evolve(([a, b, c]) => a - b * c, searchSpace(), { seed: 3, rounds: 2 }).evaluated.flatMap(({ path }) => path))
    say([
      kendallTau(
        labels,
        inputs.map(([a]) => a),
      ).tau,
    ])
  })
  expect(bits).toBe('65c1ca81864c5087')
})
