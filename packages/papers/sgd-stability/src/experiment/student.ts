import { type Random, random } from '@opt/core'
import { type DenseNetwork, type Examples, mlp } from '@opt/nn'
import ndarray from 'ndarray'
import {
  criticalRate,
  type Linearization,
  linearizeKernel,
  pathNorm,
  type RateBounds,
  type Sharpness,
  sharpness,
} from '../index.ts'

const INPUTS = 10
const UNITS = 30
const TRAIN = 40
const TEST = 2000

/** Losses are looked at after so many steps of full batches. */
const LOOK = 500

/** A two-layer ReLU network without biases that learns relu(z_1) from 40 examples, z ~ N(0, I_10). */
export class Student {
  readonly network: DenseNetwork
  readonly examples: number = TRAIN
  readonly #inputs: Float64Array
  readonly #targets: number[][]
  readonly #train: Examples
  readonly #test: { inputs: Float64Array; targets: number[][] }
  readonly #all: Int32Array = Int32Array.from({ length: TRAIN }, (_, i) => i)
  readonly #rng: Random

  constructor(seed: number) {
    const rng = random(seed)
    const network = mlp({ sizes: [INPUTS, UNITS, 1], bias: false, loss: 'squared', batch: TRAIN })
    const first = INPUTS * UNITS
    for (let k = 0; k < network.parameters.length; k++)
      network.parameters[k] = rng.normal() * (k < first ? 1 : 2 / Math.sqrt(UNITS))
    const draw = (n: number) => {
      const inputs = Float64Array.from({ length: n * INPUTS }, () => rng.normal())
      return { inputs, targets: Array.from({ length: n }, (_, i) => [Math.max(0, inputs[i * INPUTS])]) }
    }
    const train = draw(TRAIN)
    this.network = network
    this.#inputs = train.inputs
    this.#targets = train.targets
    this.#train = network.examples(train.inputs, train.targets)
    this.#test = draw(TEST)
    this.#rng = rng
  }

  get loss(): number {
    return this.network.loss(this.#inputs, this.#targets)
  }

  /** Mean squared error on new points. */
  get testError(): number {
    return 2 * this.network.loss(this.#test.inputs, this.#test.targets)
  }

  get pathNorm(): number {
    const { parameters } = this.network
    const W = ndarray(parameters as Float64Array, [UNITS, INPUTS], [1, UNITS])
    return pathNorm(W, parameters.subarray(INPUTS * UNITS))
  }

  get residuals(): Float64Array {
    return Float64Array.from(this.network.predict(this.#inputs), (f, i) => f - this.#targets[i][0])
  }

  linearize(): Linearization {
    return linearizeKernel(this.network.ntk(this.#inputs) as Float64Array)
  }

  copy(): Float64Array {
    return Float64Array.from(this.network.parameters)
  }

  restore(parameters: Float64Array): void {
    this.network.parameters.set(parameters)
  }

  /** Adds independent normal numbers of the given deviation to all weights. */
  perturb(deviation: number): void {
    const { parameters } = this.network
    for (let k = 0; k < parameters.length; k++) parameters[k] += deviation * this.#rng.normal()
  }

  /** Takes steps of SGD, or of gradient descent when the batch is 'all'; examples are drawn with replacement. */
  descend(learningRate: number, batch: number | 'all', steps: number): void {
    const indices = batch === 'all' ? this.#all : new Int32Array(batch)
    for (let t = 0; t < steps; t++) {
      if (batch !== 'all') for (let b = 0; b < batch; b++) indices[b] = this.#rng.integer(0, TRAIN)
      this.network.lossAndGradientAt(this.#train, indices)
      this.network.descend(learningRate)
    }
  }

  /** Descends until the loss is below a goal, or not finite, or the steps are used up; returns the last loss. */
  train(learningRate: number, batch: number | 'all', { goal, steps }: { goal: number; steps: number }): number {
    let loss = this.loss
    for (let t = 0; t < steps && loss > goal && loss < 1e6; t += LOOK) {
      this.descend(learningRate, batch, LOOK)
      loss = this.loss
    }
    return loss
  }
}

/** A student and the minimum to which gradient descent takes it. */
export interface Fit {
  student: Student
  /** Weights at the start. */
  initial: Float64Array
  /** Weights at the minimum. */
  minimum: Float64Array
  loss: number
  linear: Linearization
  sharpness: Sharpness
  /** Critical rate of single examples, and bounds on it. */
  rate: number
  bounds: RateBounds
}

/** Trains a student by gradient descent until it fits its examples. */
export function trainToMinimum(seed: number): Fit {
  const student = new Student(seed)
  const initial = student.copy()
  const loss = student.train(0.03, 'all', { goal: 1e-11, steps: 40_000 })
  const linear = student.linearize()
  const { rate, bounds } = criticalRate(linear)
  return { student, initial, minimum: student.copy(), loss, linear, sharpness: sharpness(linear), rate, bounds }
}
