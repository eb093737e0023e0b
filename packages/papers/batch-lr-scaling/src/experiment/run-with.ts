import { random } from '@opt/core'
import { curvatureOperator } from '@opt/nn'
import { SGD } from '@opt/optimizers'
import { RateLearner } from '../learner/rate-learner.ts'
import { lateDecay } from '../theory/late-decay.ts'
import { type Digits, makeNetwork } from './digits.ts'
import { testAccuracy, train, trainingLoss } from './training.ts'

export interface Run {
  loss: number
  accuracy: number
  /** Rates that were measured. */
  rates: number[]
}

export interface RunOptions {
  batch: number
  epochs: number
  seed: number
  /** Without it, the learner. */
  fixed?: { rate: number; momentum: number }
}

/** Trains with the learner, or at a fixed rate and momentum. */
export function runWith(digits: Digits, { batch, epochs, seed, fixed }: RunOptions): Run {
  const { inputs, labels } = digits.train
  const network = makeNetwork(seed, digits.sizes)
  const steps = epochs * Math.floor(labels.length / batch)
  const decay = lateDecay(steps)
  const rates: number[] = []
  const products = { network, inputs, targets: labels, operator: curvatureOperator }
  const learner = new RateLearner({ products, batch, decay, seed })
  const learned = (step: number) => {
    const rate = learner.schedule(step)
    const measured = learner.measurement?.rate as number
    if (measured !== rates.at(-1)) rates.push(measured)
    return rate
  }
  const optimizer = new SGD(network.parameters, {
    learningRate: fixed ? (step) => fixed.rate * decay(step) : learned,
    momentum: fixed?.momentum ?? 0.9,
  })
  train(network, digits.train, { batch, steps, step: () => optimizer.step(network.gradients), rng: random(seed) })
  return { loss: trainingLoss(network, digits.train), accuracy: testAccuracy(network, digits), rates }
}
