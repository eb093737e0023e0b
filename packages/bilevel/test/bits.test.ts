import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { fingerprint } from '@opt/testing/kernels'
import * as api from '../src/index.ts'
import { drawQuadratic } from './problems.ts'

const draw = (seed: number, n: number) => {
  const rng = random(seed)
  return Float64Array.from({ length: n }, () => rng.normal())
}
const examples = (seed: number, classes: number) => ({
  inputs: Array.from({ length: 60 }, (_, i) => draw(100 * seed + i, 7)),
  labels: Array.from({ length: 60 }, (_, i) => (i * i) % classes),
})

/** Lower solution, hypergradient and adjoint. */
function digest(problem: api.BilevelProblem<never>, x: Float64Array, m: number): string {
  const { y, value } = api.solveLower(problem.lower, x, new Float64Array(m))
  const { gradient, adjoint } = api.hypergradient(problem, x, y)
  return fingerprint([...y, value, ...gradient, ...adjoint])
}

// Made with Node 20; Node 24 gives the same.
const expected: Record<string, string> = {
  quadratic: 'b1582814',
  logistic: '476c1938',
  softmax: '94798158',
  network: 'fb8ef858',
}

test.each<[string, () => string]>([
  ['quadratic', () => digest(drawQuadratic(random(1), { m: 9, n: 4 }) as never, draw(2, 4), 9)],
  [
    'logistic',
    () => digest(api.weightedLogistic(examples(1, 2), examples(2, 2), { temperature: 0.7 }) as never, draw(3, 60), 7),
  ],
  [
    'softmax',
    () => digest(api.weightedSoftmax(examples(1, 3), examples(2, 3), { classes: 3 }) as never, draw(3, 60), 21),
  ],
  [
    'network',
    () => {
      const network = mlp({ sizes: [7, 4, 3], activation: 'tanh', seed: 1 })
      const { inputs, labels } = examples(1, 3)
      const lower = api.networkLevel(network, inputs, labels, { split: 32, l2: 0.1 })
      const x = Float64Array.from(network.parameters.subarray(0, 32))
      return digest({ upper: lower, lower }, x, network.parameters.length - 32)
    },
  ],
])('the same bits in every engine: %s', (name, run) => {
  expect(run()).toBe(expected[name])
})
