import { random } from '@opt/core'
import { type Classification, divideFeatures, splitRows, takeRows } from '@opt/datasets'
import { accuracy, mlp, train } from '@opt/nn'
import type { GradientsOf, Parameter } from '@opt/optimizers'

/** A network's parameters, weights with the outputs first so that their rows are averaged. */
export type Tensors = Record<string, Parameter>

export interface DigitsRun {
  /** The mean training loss at the end. */
  loss: number
  /** On the held-out fifth. */
  accuracy: number
  milliseconds: number
}

function copy(from: Tensors, to: Tensors): void {
  for (const [name, target] of Object.entries(to)) {
    const source = from[name]
    if (!('shape' in target)) target.set(source as Float64Array)
    else if ('shape' in source)
      for (let i = 0; i < target.shape[0]; i++)
        for (let j = 0; j < target.shape[1]; j++) target.set(i, j, source.get(i, j))
  }
}

export type Make = (parameters: Tensors) => {
  step(gradients: Tensors, hvp: (z: Tensors) => GradientsOf<Tensors>): void
}

/** Trains 64-32-10 with tanh on the UCI digits, batches of 128. */
export function digitsRun(digits: Classification, make: Make, seed: number, steps: number): DigitsRun {
  const rng = random(seed)
  const { train: training, test } = splitRows(divideFeatures(digits, 16), { testFraction: 0.2, rng, stratify: true })
  const network = mlp({ sizes: [64, 32, 10], activation: 'tanh', initialization: 'lecun', seed: rng, batch: 2000 })
  const optimizer = make(network.outputsFirst())
  const [v, product] = [network.parameters.slice(), network.parameters.slice()]
  const [z, products] = [network.outputsFirst(v), network.outputsFirst(product)]
  let batch = training
  const start = performance.now()
  train(
    network,
    { inputs: training.features, targets: training.labels },
    {
      optimizer: {
        step: (gradients: Tensors) =>
          optimizer.step(gradients, (signs) => {
            copy(signs, z)
            network.hvp(batch.features, batch.labels, v, product)
            return products
          }),
      },
      gradients: network.outputsFirst(network.gradients),
      steps,
      batchSize: 128,
      seed: rng,
      history: false,
      onBatch: ({ indices }) => {
        batch = takeRows(training, indices)
      },
    },
  )
  const milliseconds = performance.now() - start
  return {
    loss: network.loss(training.features, training.labels),
    accuracy: accuracy(network.predict(test.features), test.labels, 10),
    milliseconds,
  }
}
