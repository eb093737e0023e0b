import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'
import { smallToy } from './problems.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const toy = api.coshToy(smallToy())
    const refine = { step: 0.2, steps: 3, radius: 2, epochs: 2 }
    for (const normalized of [true, false])
      say(
        api.boRep(
          toy,
          { x: [1], y: [2, 1] },
          { eta: 0.1, beta: 0.8, nu: 0.2, gamma: 0.3, period: 2, inner: 2, refine, normalized, maxIterations: 30 },
        ),
      )
    say(api.trackingBound({ kappa: 2, contraction: 0.5, eta: 0.1, period: 3 }))

    const rng = random(2)
    const draw = (n: number) => ({
      inputs: Array.from({ length: n }, () => [rng.normal(), rng.normal()]),
      labels: Array.from({ length: n }, () => rng.integer(0, 2)),
    })
    const [training, validation] = [draw(12), draw(6)]
    const task = api.cleaningTask(training, validation, { l2: 0.1, classes: 2, batchSize: 4, seed: 1 })
    say(api.boRep(task.problem, { x: new Float64Array(12), y: new Float64Array(6) }, { eta: 0.1, maxIterations: 10 }))
    const network = mlp({ sizes: [2, 3, 2], activation: 'tanh', seed: 1 })
    const examples = ({ inputs, labels }: ReturnType<typeof draw>) => ({ inputs, targets: labels })
    say(Object.values(api.representation(network, examples(training), examples(validation), { l2: 0.1 })))
  })
  expect(bits).toBe('b8645e317bb27c0a')
})
