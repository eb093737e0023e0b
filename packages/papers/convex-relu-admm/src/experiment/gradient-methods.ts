import type { Random } from '@opt/core'
import { type DenseNetwork, mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import type { Regression } from './regressions.ts'

/** A gradient method with the learning rates to try. */
export interface Method {
  name: 'GD' | 'SGD' | 'Adam'
  epochs: number
  learningRates: number[]
}

export const METHODS: Method[] = [
  { name: 'GD', epochs: 10_000, learningRates: [0.001, 0.003, 0.01, 0.03] },
  { name: 'SGD', epochs: 3000, learningRates: [0.0003, 0.001, 0.003, 0.01] },
  { name: 'Adam', epochs: 10_000, learningRates: [0.001, 0.01, 0.05] },
]

/** Turns the gradient of the mean loss into that of the objective; returns the sum of squares of the weights. */
function regularise({ gradients, parameters }: DenseNetwork, n: number, beta: number): number {
  let squares = 0
  for (let k = 0; k < parameters.length; k++) {
    gradients[k] = n * gradients[k] + beta * parameters[k]
    squares += parameters[k] * parameters[k]
  }
  return squares
}

/** Returns the lowest training objective of one run of back-propagation. */
export function backpropagate(
  { X, y, beta }: Regression,
  { name, epochs }: Method,
  learningRate: number,
  width: number,
  rng: Random,
): number {
  const [n, d] = X.shape as [number, number]
  const sizes = [d, width, 1]
  const network = mlp({ sizes, bias: false, loss: 'squared', initialization: 'lecun', seed: rng, batch: n })
  const data = network.examples(
    X,
    Array.from(y, (v) => [v]),
  )
  const optimizer = name === 'Adam' ? new Adam(network.parameters, { learningRate }) : null
  const all = Int32Array.from({ length: n }, (_, k) => k)
  const size = name === 'SGD' ? Math.max(1, Math.floor(n / 4)) : n
  let best = Infinity
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (name === 'SGD') rng.shuffle(all)
    for (let from = 0; from + size <= n; from += size) {
      const loss = network.lossAndGradientAt(data, size === n ? all : all.subarray(from, from + size))
      const squares = regularise(network, n, beta)
      if (size === n) best = Math.min(best, n * loss + 0.5 * beta * squares)
      if (!(loss < 1e6)) return best
      if (optimizer) optimizer.step(network.gradients)
      else network.descend(learningRate)
    }
    if (size < n && epoch % 20 === 19) {
      const loss = network.lossAndGradientAt(data, all)
      best = Math.min(best, n * loss + 0.5 * beta * regularise(network, n, beta))
    }
  }
  return best
}
