import { type ExperimentContext, type Matrix, type Random, random } from '@opt/core'
import { digits, takeRows } from '@opt/datasets'
import { type DenseNetwork, mlp, train } from '@opt/nn'
import { AdamW } from '@opt/optimizers'
import type { Sample } from '../index.ts'

/** A sample of the experiments: pictures of 8 x 8 pixels between 0 and 1. */
export interface Pictures extends Sample {
  inputs: Matrix
  labels: Int32Array
}

/** The handwritten digits in a random order: the first for training, the rest for tests. */
export async function shuffledDigits(
  { dataFolder }: ExperimentContext,
  rng: Random,
): Promise<(from: number, to: number) => Pictures> {
  const table = await digits({ folder: dataFolder })
  const order = rng.permutation(1797)
  return (from, to) => {
    const { features, labels } = takeRows(table, order.slice(from, to))
    for (let i = 0; i < features.data.length; i++) features.data[i] /= 16
    return { inputs: features, labels: Int32Array.from(labels) }
  }
}

/** Trains a network on the pictures by AdamW; without decay that is Adam. */
export function trained(
  { inputs, labels }: Pictures,
  seed: number,
  settings: { sizes: number[]; activation: 'tanh' | 'relu'; learningRate: number; weightDecay: number; steps: number },
): DenseNetwork {
  const { sizes, activation, learningRate, weightDecay, steps } = settings
  const initialization = activation === 'tanh' ? 'glorot' : 'he'
  const network = mlp({ sizes, activation, initialization, seed: random(seed), batch: 128 })
  const optimizer = new AdamW(network.parameters, { learningRate, weightDecay })
  train(network, { inputs, targets: labels }, { optimizer, steps, batchSize: 32, seed })
  return network
}

/** The network of the certificate. */
export const certified = (pictures: Pictures, seed: number): DenseNetwork =>
  trained(pictures, seed, {
    sizes: [64, 16, 8, 4, 10],
    activation: 'tanh',
    learningRate: 3e-3,
    weightDecay: 0,
    steps: 1500,
  })

/** Two halves with the same number of every digit. */
export function halves(pictures: Pictures): [Pictures, Pictures] {
  const parts: [number[], number[]] = [[], []]
  for (let digit = 0; digit < 10; digit++) {
    const places = [...pictures.labels.keys()].filter((i) => pictures.labels[i] === digit)
    const half = Math.floor(places.length / 2)
    parts[0].push(...places.slice(0, half))
    parts[1].push(...places.slice(half, 2 * half))
  }
  return parts.map((places) => {
    const { features, labels } = takeRows(
      { features: pictures.inputs, labels: pictures.labels },
      Int32Array.from(places),
    )
    return { inputs: features, labels: Int32Array.from(labels) }
  }) as [Pictures, Pictures]
}
