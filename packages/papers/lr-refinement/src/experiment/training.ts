import { lbfgs, type Random, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { type DenseNetwork, mlp } from '@opt/nn'
import type { NormRecorder } from '../index.ts'
import type { Problem } from './problems.ts'

/** Networks of one shape on one problem, trained by SGD in reshuffled epochs without their last, partial batch. */
export class Trainer {
  readonly problem: Problem
  readonly network: DenseNetwork
  readonly #examples: ReturnType<DenseNetwork['examples']>
  readonly #start: (network: DenseNetwork, rng: Random) => void
  readonly #batchSize: number

  /**
   * @param hidden units of the hidden layer; 0 for softmax regression.
   * @param start sets the parameters before a run.
   */
  constructor(
    problem: Problem,
    start: (network: DenseNetwork, rng: Random) => void,
    { hidden = 0, batchSize = 16 }: { hidden?: number; batchSize?: number } = {},
  ) {
    const { features, labels, columns, classes } = problem
    this.problem = problem
    this.network = mlp({ sizes: hidden > 0 ? [columns, hidden, classes] : [columns, classes], batch: 512 })
    this.#examples = this.network.examples(features, labels)
    this.#start = start
    this.#batchSize = batchSize
  }

  /**
   * Trains once.
   *
   * @param recorders log the gradients of each step.
   * @returns the training loss after the last step, Infinity if it diverged.
   */
  run(
    schedule: Float64Array,
    rate: number,
    seed: number,
    { optimize = descent, recorders = [] }: { optimize?: Optimize | undefined; recorders?: NormRecorder[] } = {},
  ): number {
    const { network, problem } = this
    const rng = random(seed)
    this.#start(network, rng)
    const move = optimize(network, (step) => rate * schedule[step])
    const size = this.#batchSize
    const perEpoch = Math.floor(problem.labels.length / size)
    let order: Int32Array = new Int32Array(0)
    for (let t = 0; t < schedule.length; t++) {
      const at = t % perEpoch
      if (at === 0) order = rng.permutation(problem.labels.length)
      const loss = network.lossAndGradientAt(this.#examples, order.subarray(at * size, (at + 1) * size))
      if (!(loss < 1e6)) return Infinity
      for (const recorder of recorders) recorder.record(network.gradients)
      move(t)
    }
    return this.network.lossAndGradientAt(this.#examples, this.#all())
  }

  /** Returns the least training loss that L-BFGS finds from zero; softmax regression is convex. */
  async optimum(signal: AbortSignal | undefined): Promise<{ value: number; gradient: number }> {
    const { network } = this
    const all = this.#all()
    const objective = (x: Float64Array, gradient: Float64Array) => {
      network.parameters.set(x)
      const loss = network.lossAndGradientAt(this.#examples, all)
      gradient.set(network.gradients)
      return loss
    }
    const start = new Float64Array(network.parameters.length)
    const options = { memory: 30, tolerance: 1e-6, maxIterations: 3000, history: false, signal }
    const { value, gradient } = await lbfgs.async(objective, start, options)
    return { value, gradient: gradient.reduce((most, v) => Math.max(most, Math.abs(v)), 0) }
  }

  #all(): Int32Array {
    return Int32Array.from(this.problem.labels, (_, i) => i)
  }
}

/** Makes a function that takes step t along the network's gradients. */
export type Optimize = (network: DenseNetwork, rate: (step: number) => number) => (step: number) => void

const descent: Optimize = (network, rate) => (step) => network.descend(rate(step))

/** A schedule at the best of several peaks. */
export interface Tuned {
  rate: number
  /** Final training losses, one for each seed. */
  losses: number[]
  mean: number
}

/** Trains with each peak rate and seed; returns the rate whose mean final loss is least. */
export function tune(run: (rate: number, seed: number) => number, rates: number[], seeds: number[]): Tuned {
  const all = rates.map((rate): Tuned => {
    const losses = seeds.map((seed) => run(rate, seed))
    return { rate, losses, mean: mean(losses) }
  })
  return all.reduce((best, next) => (next.mean < best.mean ? next : best))
}
