import { random } from '@opt/core'
import { type Classification, takeRows, trainTestSplit } from '@opt/datasets'
import { accuracy, type DenseNetwork, mlp } from '@opt/nn'
import type { GradientsOf } from '@opt/optimizers'
import ndarray, { type NdArray } from 'ndarray'

/** A network's parameters: weights with the outputs first, so that their rows are averaged, and biases. */
export type Tensors = Record<string, NdArray<Float64Array>>

export interface DigitsRun {
  /** Mean training loss at the end. */
  loss: number
  /** On the held-out fifth. */
  accuracy: number
  milliseconds: number
}

/** Views of a flat array of the network's size. */
function outputsFirst(network: DenseNetwork, flat: Float64Array): Tensors {
  const entries = network.layers(flat).flatMap(({ inputs, outputs, weight, bias }, l) => [
    [`weight${l}`, ndarray(weight as Float64Array, [outputs, inputs], [1, outputs])],
    [`bias${l}`, ndarray(bias as Float64Array, [outputs])],
  ])
  return Object.fromEntries(entries)
}

function copy(from: Tensors, to: Tensors): void {
  for (const [name, { shape }] of Object.entries(to))
    for (let i = 0; i < shape[0]; i++)
      if (shape.length === 1) to[name].set(i, from[name].get(i))
      else for (let j = 0; j < shape[1]; j++) to[name].set(i, j, from[name].get(i, j))
}

export type Make = (parameters: Tensors) => {
  step(gradients: Tensors, hvp: (z: Tensors) => GradientsOf<Tensors>): void
}

/** Trains 64-32-10 with tanh on the UCI digits, batches of 128. */
export function digitsRun({ features, labels }: Classification, make: Make, seed: number, steps: number): DigitsRun {
  const rng = random(seed)
  const data = {
    features: ndarray(
      features.data.map((v) => v / 16),
      features.shape,
    ),
    labels,
  }
  const rows = trainTestSplit(labels.length, { testFraction: 0.2, rng, stratify: labels })
  const [learned, held] = [takeRows(data, rows.train), takeRows(data, rows.test)]
  const network = mlp({ sizes: [64, 32, 10], activation: 'tanh', initialization: 'lecun', seed: rng, batch: 2000 })
  const optimizer = make(outputsFirst(network, network.parameters as Float64Array))
  const gradients = outputsFirst(network, network.gradients as Float64Array)
  const [v, product] = [new Float64Array(network.parameters.length), new Float64Array(network.parameters.length)]
  const [z, products] = [outputsFirst(network, v), outputsFirst(network, product)]

  const order = Int32Array.from({ length: learned.labels.length }, (_, i) => i)
  const perEpoch = Math.floor(order.length / 128)
  const start = performance.now()
  for (let t = 0; t < steps; t++) {
    const place = t % perEpoch
    if (place === 0) rng.shuffle(order)
    const batch = takeRows(learned, order.subarray(128 * place, 128 * place + 128))
    network.lossAndGradient(batch.features, batch.labels)
    optimizer.step(gradients, (signs) => {
      copy(signs, z)
      network.hvp(batch.features, batch.labels, v, product)
      return products
    })
  }
  const milliseconds = performance.now() - start
  return {
    ...{ loss: network.loss(learned.features, learned.labels), milliseconds },
    accuracy: accuracy(network.predict(held.features), held.labels, 10),
  }
}
