import type { Matrix, Random } from '@opt/core'
import { type DenseNetwork, mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import ndarray from 'ndarray'
import type { Network } from '../program/network.ts'
import { pgd } from '../robust/attacks.ts'

/** Classification data with a column of ones for the bias, labels -1 and 1. */
export interface Labelled {
  X: Matrix
  y: Float64Array
}

export interface Adversary {
  epsilon: number
  perturbed: boolean[]
  steps: number
  stepSize: number
}

const WIDTH = 16
const LEARNING_RATE = 0.005
const BATCH = 32
const EPOCHS = 150

/** The network of @opt/nn in the form that the attacks take. */
function asNetwork(network: DenseNetwork): Network {
  const [first, second] = network.layers()
  const { inputs: d, outputs: m, weight } = first
  const hidden = new Float64Array(m * d)
  for (let i = 0; i < d; i++) for (let j = 0; j < m; j++) hidden[j * d + i] = weight[i * m + j]
  return { hidden: ndarray(hidden, [m, d]), output: Float64Array.from(second.weight) }
}

/** Hinge loss, Adam, 16 neurons; on attacked batches when there is an adversary (Madry et al. 2018). */
export function trainByBackprop({ X, y }: Labelled, rng: Random, adversary?: Adversary): Network {
  const [n, d] = X.shape as [number, number]
  const network = mlp({ sizes: [d, WIDTH, 1], bias: false, loss: 'hinge', seed: rng, batch: BATCH })
  const optimizer = new Adam(network.parameters, { learningRate: LEARNING_RATE })
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const order = rng.permutation(n)
    for (let from = 0; from < n; from += BATCH) {
      const chosen = order.subarray(from, Math.min(from + BATCH, n))
      const rows = ndarray(new Float64Array(chosen.length * d), [chosen.length, d])
      for (const [k, i] of chosen.entries()) rows.data.set(X.data.subarray(i * d, (i + 1) * d), k * d)
      const labels = Float64Array.from(chosen, (i) => y[i])
      const inputs = adversary ? pgd(asNetwork(network), rows, labels, adversary) : rows
      network.lossAndGradient(
        inputs,
        Array.from(labels, (v) => [v]),
      )
      optimizer.step(network.gradients)
    }
  }
  return asNetwork(network)
}
