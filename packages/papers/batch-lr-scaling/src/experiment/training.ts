import type { Random } from '@opt/core'
import { accuracy, type DenseNetwork } from '@opt/nn'
import type { Digits, Part } from './digits.ts'

/** A loop over shuffled epochs; a partial last batch is left out. */
export interface TrainOptions {
  batch: number
  steps: number
  /** Moves the parameters; network.gradients and the places of the batch are those of the moment. */
  step(batch: Int32Array): void
  rng: Random
}

/** Trains until the steps are done or the loss of a batch is out of bounds. */
export function train(network: DenseNetwork, part: Part, { batch, steps, step, rng }: TrainOptions): void {
  const examples = network.examples(part.inputs, part.labels)
  const perEpoch = Math.floor(examples.count / batch)
  let order = rng.permutation(examples.count)
  for (let t = 0; t < steps; t++) {
    const at = t % perEpoch
    if (at === 0 && t > 0) order = rng.permutation(examples.count)
    const indices = order.subarray(at * batch, (at + 1) * batch)
    if (!(network.lossAndGradientAt(examples, indices) < LOST)) return
    step(indices)
  }
}

/** No run comes back from here; its next gradients might overflow. */
const LOST = 1e6

/** Mean loss on the training set, Infinity when it is lost. */
export function trainingLoss(network: DenseNetwork, { inputs, labels }: Part): number {
  const loss = network.loss(inputs, labels)
  return loss < LOST ? loss : Infinity
}

/** Share of the test set that is right; 0.1, that of guessing, for a network that is lost. */
export function testAccuracy(network: DenseNetwork, { test }: Digits): number {
  if (!network.parameters.every((x) => Math.abs(x) < LOST)) return 0.1
  return accuracy(network.predict(test.inputs), test.labels, 10)
}
