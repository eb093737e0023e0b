import type { Matrix, Random } from '@opt/core'
import { takeRows } from '@opt/datasets'
import { type DenseNetwork, mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import ndarray from 'ndarray'
import type { Network } from '../program/network.ts'
import { pgd } from '../robust/attacks.ts'

/** Classification data with a column of ones for the bias, and labels -1 and 1. */
export interface Labelled {
  X: Matrix
  y: Float64Array
}

/** Attacks by {@link pgd} during training. */
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

/** Converts a network of @opt/nn to the form that the attacks expect. */
function asNetwork(network: DenseNetwork): Network {
  const [first, second] = network.layers()
  const { inputs: d, outputs: m, weight } = first
  const hidden = new Float64Array(m * d)
  for (let i = 0; i < d; i++) for (let j = 0; j < m; j++) hidden[j * d + i] = weight[i * m + j]
  return { hidden: ndarray(hidden, [m, d]), output: Float64Array.from(second.weight) }
}

/** Trains 16 neurons with hinge loss and Adam; with an adversary, on attacked batches (Madry et al. 2018). */
export function trainByBackprop({ X, y }: Labelled, rng: Random, adversary?: Adversary): Network {
  const [n, d] = X.shape as [number, number]
  const network = mlp({ sizes: [d, WIDTH, 1], bias: false, loss: 'hinge', seed: rng, batch: BATCH })
  const optimizer = new Adam(network.parameters, { learningRate: LEARNING_RATE })
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const order = rng.permutation(n)
    for (let from = 0; from < n; from += BATCH) {
      const chosen = order.subarray(from, Math.min(from + BATCH, n))
      const { features, targets } = takeRows({ features: X, targets: y }, chosen)
      const inputs = adversary ? pgd(asNetwork(network), features, targets, adversary) : features
      network.lossAndGradient(
        inputs,
        Array.from(targets, (v) => [v]),
      )
      optimizer.step(network.gradients)
    }
  }
  return asNetwork(network)
}
