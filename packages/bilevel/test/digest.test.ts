import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'
import { smallQuadratic } from './problems.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(1)
    const draw = (n: number) => ({
      inputs: Array.from({ length: n }, () => [rng.normal(), rng.normal(), rng.normal()]),
      labels: Array.from({ length: n }, () => rng.integer(0, 2)),
    })
    const [training, validation] = [draw(12), draw(8)]
    const x = Array.from({ length: 12 }, () => rng.normal())
    for (const [make, size] of [
      [api.weightedLogistic, 3],
      [api.weightedSoftmax, 6],
    ] as const) {
      const problem = make(training, validation, { l2: 0.1 })
      const { y } = api.solveLower(problem.lower, x, new Float64Array(size), { tolerance: 1e-10 })
      say([y, api.hypergradient(problem, x, y), problem.weights(Float64Array.from(x))])
    }
    const quadratic = api.quadraticBilevel(smallQuadratic())
    say([quadratic.solution([0.5]), quadratic.hyperobjective([0.5]), quadratic.optimum()])
    say(api.hypergradient(quadratic, [0.5], quadratic.solution([0.5])))
    const network = mlp({ sizes: [3, 4, 2], activation: 'tanh', seed: 1 })
    const examples = ({ inputs, labels }: ReturnType<typeof draw>) => ({ inputs, targets: labels })
    const weighted = api.weightedNetwork(network, examples(training), examples(validation), { l2: 0.1 })
    say(api.hypergradient(weighted, x, network.parameters, { maxIterations: 50 }))
  })
  expect(bits).toBe('92c67f0196dcd249')
})
