import { random } from '@opt/core'
import { SGD } from '@opt/optimizers'
import { type ActivationName, mlp, type Precision, pgd, train } from '../src/index.ts'

/** A number that changes when a bit does. */
const fold = (x: Float32Array | Float64Array) =>
  new Int32Array(x.slice().buffer).reduce((hash, word) => (Math.imul(hash, 31) + word) | 0, 7)

// The numbers were made with Node 20; Node 24 and browsers have the same ones.
const expected: [Precision, ActivationName, number[]][] = [
  ['float64', 'gelu', [-431045365, 1336763482, -1507115328, -645275142]],
  ['float64', 'tanh', [-1251961330, 403467895, -930219062, -2103989001]],
  ['float64', 'softplus', [1179137097, -808321830, -51987900, -1020246449]],
  ['float64', 'erf', [1834577849, 1728935005, 1575050795, -891510106]],
  ['float64', 'relu', [2094687802, 482010683, 1974249053, 1704826207]],
  ['float32', 'gelu', [262437873, 1207963032, -1781465078, -674706244]],
  ['float32', 'tanh', [-1756496162, 2103079427, -1516473596, -189398993]],
  ['float32', 'softplus', [-1389037414, 2060692205, 1925930080, -282271714]],
  ['float32', 'erf', [333792578, -497436332, 344769169, -886248321]],
  ['float32', 'relu', [692061251, -762746527, 761944095, 195107697]],
]

test.each(expected)('the same bits in every engine: %s, %s', (dtype, activation, hashes) => {
  const rng = random(1)
  const inputs = Float64Array.from({ length: 700 }, () => rng.normal())
  const targets = Int32Array.from({ length: 100 }, () => rng.integer(0, 4))
  const network = mlp({ sizes: [7, 33, 17, 4], activation, dtype, batchNorm: true, seed: rng })
  const optimizer = new SGD(network.parameters, { learningRate: 0.05, momentum: 0.9 })
  train(network, { inputs, targets }, { optimizer, steps: 40, batchSize: 24, seed: 2 })
  const Hv = network.hvp(inputs.subarray(0, 350), targets.subarray(0, 50), network.parameters.slice())
  const kernel = network.ntk(inputs.subarray(0, 70))
  const norms = network.perExampleGradientNorms(inputs, targets)
  expect([network.parameters, Hv, kernel, norms].map(fold)).toEqual(hashes)
})

test.each([
  ['float64', [-1225320329, -948015476, -1230886351]],
  ['float32', [-1928850106, 915173811, 1224367656]],
] as [Precision, number[]][])('the same bits in every engine: noise, weights and attacks, %s', (dtype, hashes) => {
  const rng = random(4)
  const inputs = Float64Array.from({ length: 350 }, () => rng.normal())
  const targets = Int32Array.from({ length: 50 }, () => rng.integer(0, 4))
  const weights = Float64Array.from({ length: 50 }, () => rng.uniform())
  const noise = { dropout: [0.1, 0.5, 0.3], gaussianNoise: 0.2, dropConnect: [0, 0.3, 0] }
  const network = mlp({ sizes: [7, 33, 17, 4], activation: 'tanh', dtype, seed: rng, ...noise })
  const optimizer = new SGD(network.parameters, { learningRate: 0.05, momentum: 0.9 })
  train(network, { inputs, targets, weights }, { optimizer, steps: 20, batchSize: 24, seed: 2 })
  network.training = false
  const { distances } = network.gradientStatistics(inputs, targets, { weights })
  const options = { epsilon: 0.3, norm: 'l2' as const, steps: 5, random: rng, lower: -5, upper: 5 }
  expect([network.parameters, distances, pgd(network, inputs, targets, options)].map(fold)).toEqual(hashes)
})
