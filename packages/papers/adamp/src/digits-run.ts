import { random } from '@opt/core'
import { digits, takeRows, trainTestSplit } from '@opt/datasets'
import { accuracy, type DenseNetwork, mlp, train } from '@opt/nn'
import type { ParameterSet } from '@opt/optimizers'
import ndarray from 'ndarray'

/** What one run on the digits shows of the middle layer's weights w, which batch normalisation makes scale-invariant. */
export interface DigitsRun {
  /** |w| at the end over |w| at the start. */
  growth: number
  /** Change of w / |w| in each step. */
  effective: Float64Array
  /** On the held-out fifth. */
  accuracy: number
}

export interface RunSettings {
  seed: number
  steps: number
  optimizer: (parameters: ParameterSet) => { step(gradients: never): void }
  dataFolder?: string
  signal?: AbortSignal
}

/** Parameters as AdamP wants them, one record entry each: weights as ndarrays with the outputs first. */
function outputsFirst(network: DenseNetwork, flat: DenseNetwork['parameters']): ParameterSet {
  const entries = network
    .layers(flat)
    .flatMap(({ inputs, outputs, weight, bias, scale, shift }, l) => [
      [`weight${l}`, ndarray(weight as Float64Array, [outputs, inputs], [1, outputs])],
      ...Object.entries({ bias, scale, shift }).flatMap(([name, v]) => (v ? [[name + l, v]] : [])),
    ])
  return Object.fromEntries(entries)
}

const norm = (x: Float64Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0))

/** Trains 64-64-64-10 with batch normalisation on the UCI digits, batches of 64. */
export async function digitsRun({ seed, steps, optimizer, dataFolder, signal }: RunSettings): Promise<DigitsRun> {
  const { features, labels } = await digits(dataFolder === undefined ? {} : { folder: dataFolder })
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
  const network = mlp({ sizes: [64, 64, 64, 10], batchNorm: true, initialization: 'lecun', seed: rng, batch: 64 })
  // PyTorch's layers start with a third of LeCun's variance.
  for (const { weight } of network.layers()) for (let i = 0; i < weight.length; i++) weight[i] /= Math.sqrt(3)

  const w = network.layers()[1].weight as Float64Array
  const first = norm(w)
  const effective = new Float64Array(steps)
  let before = w.map((v) => v / first)
  const measure = (step: number) => {
    const length = norm(w)
    const now = w.map((v) => v / length)
    if (step > 0) effective[step - 1] = norm(now.map((v, i) => v - before[i]))
    before = now
  }
  const options = {
    ...{ steps, batchSize: 64, seed: rng, history: false, onBatch: ({ step }: { step: number }) => measure(step) },
    optimizer: optimizer(outputsFirst(network, network.parameters)),
    gradients: outputsFirst(network, network.gradients),
    ...(signal && { signal }),
  }
  await train.async(network, { inputs: learned.features, targets: learned.labels }, options)
  measure(steps)
  return { growth: norm(w) / first, effective, accuracy: accuracy(network.predict(held.features), held.labels, 10) }
}
