import { type ExperimentContext, lbfgs, type Matrix, type VectorLike } from '@opt/core'
import { accuracy, type DenseNetwork, mlp, objective, train } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { networkActivation } from '../activations.ts'
import { type BoostedNetworkOptions, boostedNetwork, type LossName, staged } from '../index.ts'
import { type Split, splitOf, type TableName } from './data.ts'

/** A table with the settings of its runs. */
export interface Task {
  table: TableName
  title: string
  loss: LossName
  classes: number
  options: BoostedNetworkOptions
}

const boost = { units: 200, subsample: 0.5, safeguard: false }
const J5 = { ...boost, neuronsPerStep: 5, learningRate: 0.1 }

/** The settings, chosen on other splits than those of the experiment. */
export const TASKS: Record<'digits' | 'breastCancer' | 'breastCancer1' | 'wine' | 'diabetes' | 'diabetes5', Task> = {
  digits: { table: 'digits', title: 'digits', loss: 'softmax', classes: 10, options: J5 },
  breastCancer: { table: 'breastCancer', title: 'breast cancer', loss: 'logistic', classes: 2, options: J5 },
  breastCancer1: {
    table: 'breastCancer',
    title: 'breast cancer, J = 1',
    loss: 'logistic',
    classes: 2,
    options: { ...J5, neuronsPerStep: 1 },
  },
  wine: { table: 'wine', title: 'wine', loss: 'softmax', classes: 3, options: J5 },
  diabetes: {
    table: 'diabetes',
    title: 'diabetes, J = 1',
    loss: 'squared',
    classes: 0,
    options: { ...boost, neuronsPerStep: 1, learningRate: 0.05, l2: 0.1 },
  },
  diabetes5: { table: 'diabetes', title: 'diabetes, J = 5', loss: 'squared', classes: 0, options: J5 },
}

/** The shares of the units at which a network is measured. */
export const SHARES: readonly number[] = [0.1, 0.25, 0.5, 0.75, 1]

/** One split: the measure, an accuracy or a root mean square error, at each share of the units; and the baselines. */
export interface Run {
  shares: number[]
  /** How often the training loss rose from one stage to the next. */
  rises: number
  /** Stages. */
  stages: number
  /** The largest difference of the assembled network and the sum of the stages on the training rows. */
  difference: number
  adam?: number
  lbfgs?: number
}

/** Grows a network on one split, and measures it with its first units. */
export async function run(
  context: ExperimentContext,
  task: Task,
  seed: number,
  changes: BoostedNetworkOptions = {},
): Promise<{ split: Split; run: Run }> {
  const split = await splitOf(task.table, seed, context.dataFolder)
  const labels = task.loss === 'logistic' ? split.train.y.map((v) => 2 * v - 1) : split.train.y
  const options = { ...task.options, ...changes, loss: task.loss, seed, history: false }
  const solution = boostedNetwork({ X: split.train.X, y: labels }, options)
  const curve = staged(solution.network, split.test.X)
  const last = staged(solution.network, split.train.X).at(-1)!
  const T = curve.length - 1
  const { losses, decision } = solution
  return {
    split,
    run: {
      shares: SHARES.map((share) => measure(task, split, curve[Math.round(share * T)].data)),
      rises: losses.filter((loss, t) => t > 0 && loss > losses[t - 1]).length,
      stages: T,
      difference: decision.data.reduce((most, F, i) => Math.max(most, Math.abs(F - last.data[i])), 0),
    },
  }
}

function measure({ loss, classes }: Task, { test, unit }: Split, F: ArrayLike<number>): number {
  if (loss === 'softmax') return accuracy(F, test.y, classes)
  if (loss === 'logistic') return Array.from(F).filter((f, i) => (f > 0 ? 1 : 0) === test.y[i]).length / F.length
  return unit * Math.sqrt(Array.from(F).reduce((sum, f, i) => sum + (f - test.y[i]) * (f - test.y[i]), 0) / F.length)
}

/** A network of 200 sigmoid units, trained as a whole for 200 epochs of Adam or 200 iterations of L-BFGS. */
export function baseline(task: Task, split: Split, method: 'adam' | 'lbfgs', seed: number): number {
  const { X, y } = split.train
  const n = X.shape[0]
  const { classes, loss } = task
  const outputs = loss === 'softmax' ? classes : 1
  const names = { softmax: 'cross-entropy', logistic: 'logistic', squared: 'squared' } as const
  const network = mlp({
    sizes: [X.shape[1], 200, outputs],
    activation: networkActivation('sigmoid'),
    loss: names[loss],
    initialization: 'glorot',
    seed,
    batch: method === 'adam' ? 200 : 512,
  })
  const targets = outputs === 1 ? Array.from(y, (v) => [v]) : y
  if (method === 'adam') {
    const optimizer = new Adam(network.parameters, { learningRate: 1e-3 })
    train(
      network,
      { inputs: X, targets },
      { optimizer, epochs: 200, batchSize: Math.min(200, n), seed, history: false },
    )
  } else minimise(network, X, targets)
  return measure(task, split, network.predict(split.test.X))
}

function minimise(network: DenseNetwork, X: Matrix, targets: VectorLike | number[][]): void {
  const { value, gradient } = objective(network, X, targets)
  const evaluate = (x: Float64Array, out: Float64Array) => {
    gradient(x, out)
    return value(x)
  }
  network.parameters.set(lbfgs(evaluate, network.parameters, { maxIterations: 200, history: false }).x)
}
