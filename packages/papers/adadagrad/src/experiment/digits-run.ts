import { type Random, random } from '@opt/core'
import { type Classification, digits, divideFeatures, redrawLabels, takeRows } from '@opt/datasets'
import { accuracy, type DenseNetwork, mlp } from '@opt/nn'
import { Adagrad } from '@opt/optimizers'
import { type AdAdaGradOptions, adadagrad } from '../adadagrad.ts'
import { AdaGradNorm } from '../adagrad-norm.ts'
import type { BatchSizeTestOptions } from '../batch-size-test.ts'
import { networkOracle } from '../oracle.ts'

const TRAINING = 1440

/** The digits, the first 1440 to train on. */
export interface Split {
  training: Classification
  test: Classification
}

export async function loadDigits(folder: string | undefined): Promise<Split> {
  const data = divideFeatures(await digits({ folder }), 16)
  const rows = Array.from({ length: data.labels.length }, (_, i) => i)
  return { training: takeRows(data, rows.slice(0, TRAINING)), test: takeRows(data, rows.slice(TRAINING)) }
}

/** Draws the labels of a share of the training examples anew, uniformly. */
export function noisy({ training, test }: Split, share: number, rng: Random): Split {
  const { labels } = redrawLabels(training.labels, { fraction: share, rng, classes: 10 })
  return { training: { ...training, labels }, test }
}

export type Optimizer = 'AdaGrad' | 'AdaGradNorm'

/** A policy of batch sizes. */
export interface Policy extends BatchSizeTestOptions {
  name: string
}

/** A batch size that stays. */
export const fixed = (size: number): Policy => ({ name: `fixed ${size}`, initial: size, max: size })
export const normTest = (eta: number): Policy => ({ name: `norm test, eta ${eta}`, test: 'norm', eta })
export const innerProduct: Policy = { name: 'inner-product test, theta 0.5', test: 'innerProduct', theta: 0.5 }
export const augmented: Policy = { name: 'augmented test, theta = nu = 0.9', test: 'augmented', theta: 0.9, nu: 0.9 }
export const fullBatch: Policy = { ...fixed(TRAINING), name: 'all examples' }

/** A training run. */
export interface Task {
  data: Split
  /** The units of the hidden layer of tanh; none: softmax regression. */
  hidden?: number | undefined
  optimizer: Optimizer
  learningRate: number
  seed: number
}

/** What {@link follow} calls after each step; returning true ends the run. */
export type Watch = (state: { step: number; batchSize: number; examples: number; look(): Look }) => boolean

/** The full training loss, the norm of its gradient, and the accuracy on the test part. */
export interface Look {
  loss: number
  gradientNorm: number
  accuracy: number
}

/** Trains for at most so many steps; yields after each of them. */
export function* follow(task: Task, policy: Policy, steps: number, watch: Watch): Generator<number, void, void> {
  const { data, hidden, optimizer, learningRate, seed } = task
  const sizes = hidden === undefined ? [64, 10] : [64, hidden, 10]
  const network = mlp({ sizes, activation: 'tanh', initialization: 'lecun', batch: TRAINING, seed: random(seed) })
  if (hidden === undefined) network.parameters.fill(0)
  const { training } = data
  const { name: _, ...growth } = policy
  let x = network.parameters
  const options: AdAdaGradOptions = {
    ...growth,
    learningRate,
    seed,
    optimizer(point, rate) {
      x = point
      return optimizer === 'AdaGrad'
        ? new Adagrad(point, { learningRate: rate })
        : new AdaGradNorm(point, { learningRate: rate })
    },
  }
  const oracle = networkOracle(network, training.features, training.labels)
  const run = adadagrad.steps(oracle, network.parameters, { ...options, maxIterations: steps, history: false })
  for (const { iteration, batchSize, examples } of run) {
    if (watch({ step: iteration, batchSize, examples, look: () => look(network, data, x) })) return
    yield iteration / steps
  }
}

function look(network: DenseNetwork, { training, test }: Split, x: DenseNetwork['parameters']): Look {
  network.parameters.set(x)
  const loss = network.lossAndGradient(training.features, training.labels)
  let square = 0
  for (const g of network.gradients) square += g * g
  const share = accuracy(network.predict(test.features), test.labels, 10)
  return { loss, gradientNorm: Math.sqrt(square), accuracy: share }
}
