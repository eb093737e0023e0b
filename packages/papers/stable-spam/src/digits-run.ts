import { type Random, random } from '@opt/core'
import { digits, takeRows, trainTestSplit } from '@opt/datasets'
import { accuracy, mlp } from '@opt/nn'
import type { Parameter } from '@opt/optimizers'
import ndarray from 'ndarray'
import { quantize4 } from './quantize.ts'

/** A record of parameters or gradients, by the names of the network. */
export type Tensors = Record<string, Parameter>

export interface DigitsRun {
  /** Mean training loss at the end. */
  loss: number
  /** Largest mean training loss within 50 steps from one of the steps watched on, and by how much it rose from before that step. */
  peak: number
  rise: number
  /** Batch losses. */
  curve: Float64Array
  /** On the held-out fifth. */
  accuracy: number
}

export interface RunSettings {
  seed: number
  steps: number
  optimizer: (parameters: Tensors) => { step(gradients: Tensors): void }
  /** Steps, from 1, after which the training loss is watched. */
  watch?: number[]
  /** Changes the gradient of a step, from 1. */
  disturb?: (gradient: Float64Array, step: number, rng: Random) => void
  /** The network sees its weights in 4 bits. */
  fourBit?: boolean
  dataFolder?: string
}

/** Trains a network 64-64-32-10 of rectified units without biases on the UCI digits, batches of 64. */
export async function digitsRun(settings: RunSettings): Promise<DigitsRun> {
  const { seed, steps, optimizer: make, watch = [], disturb, fourBit = false, dataFolder } = settings
  const { features, labels } = await digits(dataFolder === undefined ? {} : { folder: dataFolder })
  const rng = random(seed)
  const noise = rng.split()
  const data = {
    features: ndarray(
      features.data.map((v) => v / 16),
      features.shape,
    ),
    labels,
  }
  const rows = trainTestSplit(labels.length, { testFraction: 0.2, rng, stratify: labels })
  const [learned, held] = [takeRows(data, rows.train), takeRows(data, rows.test)]
  const network = mlp({ sizes: [64, 64, 32, 10], bias: false, seed: rng, batch: 2000 })
  const examples = network.examples(learned.features, learned.labels)
  const order = Int32Array.from({ length: examples.count }, (_, i) => i)
  const perEpoch = Math.floor(order.length / 64)

  const seen = network.parameters as Float64Array
  const weights = seen.slice()
  const optimizer = make(network.named(weights))
  const gradients = network.named(network.gradients)
  const show = () => (fourBit ? quantize4(weights, seen) : seen.set(weights))
  const curve = new Float64Array(steps)
  const trained = () => network.loss(learned.features, learned.labels)
  let [peak, rise, before] = [0, 0, 0]
  for (let t = 1; t <= steps; t++) {
    if (watch.includes(t)) before = trained()
    const place = (t - 1) % perEpoch
    if (place === 0) rng.shuffle(order)
    curve[t - 1] = network.lossAndGradientAt(examples, order.subarray(place * 64, place * 64 + 64))
    disturb?.(network.gradients as Float64Array, t, noise)
    optimizer.step(gradients)
    show()
    if (!watch.some((step) => t >= step && t < step + 50)) continue
    const loss = trained()
    peak = Math.max(peak, loss)
    rise = Math.max(rise, loss - before)
  }
  return {
    ...{ loss: trained(), peak, rise, curve },
    accuracy: accuracy(network.predict(held.features), held.labels, 10),
  }
}
