import { type ExperimentContext, norm, random } from '@opt/core'
import { digits, divideFeatures, splitRows } from '@opt/datasets'
import { accuracy, mlp, type Stepper, train } from '@opt/nn'
import type { ParameterSet } from '@opt/optimizers'

/** What one run shows of the middle layer's weights w, which batch normalisation makes scale-invariant. */
export interface DigitsRun {
  /** |w| at the end over |w| at the start. */
  growth: number
  /** The change of w / |w| in each step. */
  effective: Float64Array
  /** On the held-out fifth. */
  accuracy: number
}

export interface RunSettings extends Pick<ExperimentContext, 'dataFolder' | 'signal'> {
  seed: number
  steps: number
  optimizer: (parameters: ParameterSet) => Stepper
}

/** Trains 64-64-64-10 with batch normalisation on the UCI digits, batches of 64. */
export async function digitsRun({ seed, steps, optimizer, dataFolder, signal }: RunSettings): Promise<DigitsRun> {
  const rng = random(seed)
  const data = divideFeatures(await digits({ folder: dataFolder }), 16)
  const { train: training, test } = splitRows(data, { testFraction: 0.2, rng, stratify: true })
  const network = mlp({ sizes: [64, 64, 64, 10], batchNorm: true, initialization: 'lecun', seed: rng, batch: 64 })
  // PyTorch draws layers with a third of LeCun's variance.
  for (const { weight } of network.layers()) for (let i = 0; i < weight.length; i++) weight[i] /= Math.sqrt(3)

  const w = network.layers()[1].weight as Float64Array
  const start = norm(w)
  const effective = new Float64Array(steps)
  let before = w.map((v) => v / start)
  const measure = (step: number) => {
    const length = norm(w)
    const now = w.map((v) => v / length)
    if (step > 0) effective[step - 1] = norm(now.map((v, i) => v - before[i]))
    before = now
  }
  await train.async(
    network,
    { inputs: training.features, targets: training.labels },
    {
      optimizer: optimizer(network.outputsFirst()),
      gradients: network.outputsFirst(network.gradients),
      steps,
      batchSize: 64,
      seed: rng,
      history: false,
      onBatch: ({ step }) => measure(step),
      signal,
    },
  )
  measure(steps)
  return {
    growth: norm(w) / start,
    effective,
    accuracy: accuracy(network.predict(test.features), test.labels, 10),
  }
}
