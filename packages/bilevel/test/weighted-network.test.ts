import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { near } from '@opt/testing'
import { checkProblem, hypergradient, solveLower, weightedNetwork, weightedSoftmax } from '../src/index.ts'

const rng = random(11)
const rows = (n: number, d: number) =>
  Array.from({ length: n }, () => Float64Array.from({ length: d }, () => rng.normal()))
const data = (n: number) => {
  const inputs = rows(n, 4)
  return { inputs, targets: inputs.map((row) => (row[0] + row[1] > 0 ? 1 : row[2] > 0 ? 2 : 0)) }
}
const [training, validation] = [data(30), data(20)]
const normals = (n: number) => Float64Array.from({ length: n }, () => rng.normal())

test('a network without hidden layers is softmax regression, in full and on batches', () => {
  const problem = weightedNetwork(mlp({ sizes: [4, 3], bias: false, batch: 7 }), training, validation, { l2: 0.05 })
  const labelled = ({ inputs, targets }: typeof training) => ({ inputs, labels: targets })
  const same = weightedSoftmax(labelled(training), labelled(validation), { l2: 0.05, classes: 3 })
  expect(problem.dimensions).toEqual(same.dimensions)
  const [x, y, v] = [normals(30), normals(12), normals(12)]
  near(problem.weights(x), same.weights(x), { absolute: 0 })
  for (const batch of [undefined, [3, 0, 3, 29]]) {
    const [ours, theirs] = [problem, same].map(({ upper, lower }) => {
      const parts = Array.from({ length: 6 }, (_, k) => new Float64Array(k % 2 === 0 ? 30 : 12).fill(NaN))
      upper.gradient(x, y, parts[0], parts[1], batch && [1, 1, 5])
      lower.gradient(x, y, parts[2], parts[3], batch)
      lower.hvp!(x, y, v, parts[4], parts[5], batch)
      return [[upper.value(x, y, batch && [2]), lower.value(x, y, batch)], ...parts]
    })
    ours.forEach((part, k) => near(part, theirs[k], { absolute: 1e-12, relative: 1e-12 }))
  }
  const lower = solveLower(problem.lower, x, new Float64Array(12))
  expect(lower.status).toBe('converged')
  near(hypergradient(problem, x, lower.y).gradient, hypergradient(same, x, lower.y).gradient, { absolute: 1e-10 })
})

test('all derivatives of a network with hidden layers, and of one with rows of targets, pass', () => {
  const network = mlp({ sizes: [4, 5, 3], activation: 'tanh', seed: 3 })
  const deep = weightedNetwork(network, training, validation, { l2: 0.1 })
  const { summary } = checkProblem(deep, normals(30), Float64Array.from(network.parameters))
  expect(summary).not.toMatch('FAILS')
  expect(summary).toMatch('hypergradient: passes')
  const regression = mlp({ sizes: [4, 3, 2], activation: 'tanh', loss: 'squared', seed: 4 })
  const goals = ({ inputs }: typeof training) => ({
    inputs,
    targets: inputs.flatMap((row) => [row[0], row[1] * row[2]]),
  })
  const fit = weightedNetwork(regression, goals(training), goals(validation), { l2: 0.1 })
  const point = [normals(30), Float64Array.from(regression.parameters)] as const
  expect(checkProblem(fit, ...point, { lowerBatch: [0, 4, 4], upperBatch: [1] }).summary).not.toMatch('FAILS')
})

test('what does not fit is refused by name', () => {
  const network = mlp({ sizes: [4, 3] })
  const make = (part: object, l2 = 0.1) => weightedNetwork(network, { ...training, ...part }, validation, { l2 })
  expect(() => make({ inputs: rows(30, 3) })).toThrow('weightedNetwork: training.inputs must be of shape [30, 4]')
  expect(() => make({ targets: [1, 2] })).toThrow('weightedNetwork: training.targets must be of length 30 or 90')
  expect(() => make({}, -1)).toThrow('weightedNetwork: l2 must be a nonnegative number, got -1')
  const single = mlp({ sizes: [4, 3], dtype: 'float32' })
  expect(() => weightedNetwork(single as never, training, validation)).toThrow(
    "weightedNetwork: network must be of dtype 'float64'",
  )
  const { lower } = make({})
  expect(() => lower.value(normals(29), normals(15))).toThrow('weightedNetwork: x must be of length 30, got length 29')
  expect(() => lower.value(normals(30), normals(14))).toThrow('weightedNetwork: y must be of length 15, got length 14')
  expect(() => lower.value(normals(30), normals(15), [30])).toThrow('weightedNetwork: batch[0]')
})
