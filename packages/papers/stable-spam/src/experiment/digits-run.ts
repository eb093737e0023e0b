import { type Random, random } from '@opt/core'
import { digits, divideFeatures, splitRows } from '@opt/datasets'
import { accuracy, mlp, type Real, train } from '@opt/nn'
import { quantize4 } from './quantize.ts'

/** A record of parameters or gradients, by the names of the network. */
export type Tensors = Record<string, Real>

export interface DigitsRun {
  /** The mean training loss at the end. */
  loss: number
  /** The largest mean training loss in the 50 steps from a watched one on. */
  peak: number
  /** The largest rise of that loss over the one before its watched step. */
  rise: number
  /** The loss of each batch. */
  curve: Float64Array
  /** On the held-out fifth. */
  accuracy: number
}

export interface RunSettings {
  seed: number
  steps: number
  optimizer: (parameters: Tensors) => { step(gradients: Tensors): void }
  /** Steps, from 1, from which on the training loss is watched. */
  watch?: number[]
  /** Changes the gradient of a step, from 1. */
  disturb?: (gradient: Float64Array, step: number, rng: Random) => void
  /** Whether the network sees its weights in 4 bits. */
  fourBit?: boolean
  dataFolder?: string | undefined
}

/** Trains a 64-64-32-10 network of rectified units without biases on the UCI digits, batches of 64. */
export async function digitsRun(settings: RunSettings): Promise<DigitsRun> {
  const { seed, steps, optimizer: make, watch = [], disturb, fourBit = false, dataFolder } = settings
  const rng = random(seed)
  const noise = rng.split()
  const data = divideFeatures(await digits({ folder: dataFolder }), 16)
  const { train: training, test } = splitRows(data, { testFraction: 0.2, rng, stratify: true })
  const network = mlp({ sizes: [64, 64, 32, 10], bias: false, seed: rng, batch: 2000 })
  const trainingLoss = () => network.loss(training.features, training.labels)

  const seen = network.parameters as Float64Array
  const weights = seen.slice()
  const optimizer = make(network.named(weights))
  const gradients = network.named(network.gradients)
  const curve = new Float64Array(steps)
  let [t, peak, rise, before] = [0, 0, 0, 0]
  const step = () => {
    disturb?.(network.gradients as Float64Array, t, noise)
    optimizer.step(gradients)
    if (fourBit) quantize4(weights, seen)
    else seen.set(weights)
    if (!watch.some((spike) => t >= spike && t < spike + 50)) return
    const loss = trainingLoss()
    peak = Math.max(peak, loss)
    rise = Math.max(rise, loss - before)
  }
  train(
    network,
    { inputs: training.features, targets: training.labels },
    {
      optimizer: { step },
      steps,
      batchSize: 64,
      seed: rng,
      history: false,
      onBatch: (batch) => {
        t = batch.step + 1
        curve[batch.step] = batch.loss
        if (watch.includes(t)) before = trainingLoss()
      },
    },
  )
  return {
    loss: trainingLoss(),
    peak,
    rise,
    curve,
    accuracy: accuracy(network.predict(test.features), test.labels, 10),
  }
}
