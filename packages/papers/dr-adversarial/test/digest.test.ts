import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { digest } from '@opt/testing'
import {
  barrierAttack,
  gairatWeights,
  hypergradient,
  klWeights,
  type Method,
  mailWeights,
  marginPgd,
  martLoss,
  robustReport,
  trainRobust,
} from '../src/index.ts'
import { clouds } from './shared.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const { inputs, targets } = clouds(40, 3)
    const methods: Method[] = ['done', 'bilevel-at', 'dro-at', 'at', 'gairat', 'mail', 'mart']
    for (const dtype of ['float64', 'float32'] as const)
      for (const method of methods) {
        const network = mlp({ sizes: [2, 7, 3], dtype, activation: dtype === 'float32' ? 'relu' : 'tanh', seed: 2 })
        trainRobust(network, { inputs, targets }, { epsilon: 0.06, method, epochs: 3, batchSize: 15, steps: 4 })
        say(Array.from(network.parameters))
        const { clean, pgd, strong } = robustReport(network, inputs, targets, {
          epsilon: 0.1,
          steps: 5,
          strongSteps: 6,
        })
        for (const { perClass, tail } of [clean, pgd, strong]) say([...perClass, tail])
        const attack = { epsilon: 0.1, random: random(1), steps: 5 }
        say(marginPgd(network, inputs, targets, attack))
        const delta = barrierAttack(network, inputs, targets, attack)
        say(delta)
        const rows = inputs.map((_, i) => [delta[2 * i], delta[2 * i + 1]])
        const { gradient, value } = hypergradient(network, inputs, targets, rows, {
          epsilon: 0.1,
          lambda: 20,
          method: 'exact',
        })
        say([value, ...gradient])
      }
    const logits = inputs.map(([a, b]) => [a, b, a - b])
    say(mailWeights(logits, targets))
    const { value, gradientAdversarial, gradientNatural } = martLoss(logits, logits.toReversed(), targets)
    say([value, ...gradientAdversarial, ...gradientNatural])
    for (const r of [0.1, 3, 1e6, Infinity])
      say([...klWeights(inputs.flat(), r).weights, klWeights(inputs.flat(), r).value])
    for (const kind of ['tanh', 'sigmoid', 'discrete'] as const) say(gairatWeights([0, 3, 7, 9], 9, { kind }))
  })
  expect(bits).toBe('641d7ce8095008ee')
})
