import {
  allFinite,
  Batches,
  type BatchesState,
  callback,
  nrm2,
  number,
  options as optionsOf,
  type Random,
  type Report,
  randomFrom,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import { Adam, cosineDecay, type OptimizerState } from '@opt/optimizers'
import { lossInto } from './loss.ts'
import { cellsOf, checkShape, type Shape } from './network/grid.ts'
import { Network, type NetworkState } from './network/network.ts'
import { type System, type SystemMatrix, systemOf } from './system/system.ts'

/** Residuals to train on, of one matrix on one grid. */
export interface TrainingSet {
  A: SystemMatrix
  /** Of the grid: [rows, columns] or [planes, rows, columns]. */
  shape: Shape
  /** Vectors as long as A; each is divided by its length. See {@link ritzDataset}. */
  samples: readonly VectorLike[]
  /** Samples drawn for each step. */
  batch: number
}

/** Options of {@link trainDirections}. */
export interface TrainingOptions {
  /** Default 400. */
  steps?: number | undefined
  /**
   * Of Adam: a number, or a function of the step, from 0. Default: from 4e-3 to 8e-5 along half a cosine. The paper's is
   * 1e-4.
   */
  learningRate?: number | ((step: number) => number) | undefined
  /** Gradients longer than this are shortened to it. Default 1. */
  clip?: number | undefined
  /** Of the order of the samples. Default 0. */
  seed?: number | Random | undefined
  /** The state of an earlier answer: the training goes on to the same bits, given the same sets and options. */
  resume?: TrainingState | undefined
}

/** The report of {@link trainDirections} on a step. */
export interface TrainingReport extends Report {
  /** The sum over the sets of the mean loss of their batches, before the step. */
  loss: number
  /** The gradient's length before clipping. */
  gradientNorm: number
}

/** Saved training: plain JSON. */
export interface TrainingState {
  step: number
  network: NetworkState
  optimizer: OptimizerState
  batches: BatchesState[]
}

/** Answer of {@link trainDirections}. */
export interface TrainingSolution {
  /** That of the last step, before it. */
  loss: number
  state: TrainingState
}

/**
 * Trains a network, in place, to answer residuals with good search directions: Adam on the paper's loss
 * ({@link directionLoss}), the sum over the sets of its mean over a batch. No solutions are needed. For a network that
 * works on all sizes, train on several: three, 16^2 to 64^2, carry to 256^2.
 *
 * @param network its parameters change.
 * @param sets residuals on one or more grids.
 * @throws TypeError or RangeError that names the wrong argument, option, or part of the state.
 */
export const trainDirections: Solver<
  [network: Network, sets: readonly TrainingSet[], options: TrainingOptions],
  TrainingReport,
  TrainingSolution
> = solver(
  'trainDirections',
  function* (network, sets, options): Generator<TrainingReport, TrainingSolution, boolean> {
    const { steps = 400, learningRate, clip = 1, seed = 0, resume } = options
    if (!(network instanceof Network)) refuse('network', 'a Network', show(network), 'type')
    if (!Array.isArray(sets) || sets.length === 0) refuse('sets', 'an array of training sets', show(sets), 'type')
    const rng = randomFrom(seed, 'seed')
    const data = sets.map((set, i) => new CheckedSet(network, set, `sets[${i}]`, rng))
    number(steps, 'steps', { integer: true, min: 1 })
    number(clip, 'clip', { positive: true })
    if (typeof learningRate !== 'function' && learningRate !== undefined)
      number(learningRate, 'learningRate', { nonnegative: true })
    const rate = learningRate ?? cosineDecay(RATE, steps, RATE / 50)
    const scheduled = typeof rate === 'function' ? callback(rate, 'learningRate') : rate
    const parameters = network.parameters as Float32Array
    if (!allFinite(parameters)) refuse('network.parameters', 'finite', 'NaN or Infinity')
    const optimizer = new Adam(parameters, { learningRate: scheduled })
    const gradient = new Float64Array(parameters.length)
    let step = 0
    if (resume !== undefined) {
      const given = optionsOf(resume, 'resume')
      step = number(given.step, 'resume.step', { integer: true, min: 0, max: steps - 1 })
      if (!Array.isArray(given.batches) || given.batches.length !== data.length)
        refuse('resume.batches', `of length ${data.length}`, show(given.batches))
      network.load(given.network)
      optimizer.load(given.optimizer)
      for (const [i, set] of data.entries()) set.batches.load(given.batches[i], `resume.batches[${i}]`)
    }
    for (;;) {
      gradient.fill(0)
      let loss = 0
      for (const set of data) loss += set.addGradient(network, gradient)
      const gradientNorm = nrm2(gradient)
      if (gradientNorm > clip) for (let k = 0; k < gradient.length; k++) gradient[k] *= clip / gradientNorm
      optimizer.step(gradient as unknown as Float32Array)
      step++
      const stop = yield { loss, gradientNorm }
      if (!stop && step < steps) continue
      const batches = data.map((set) => set.batches.state())
      return { loss, state: { step, network: network.state(), optimizer: optimizer.state(), batches } }
    }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: ['steps', 'learningRate', 'clip', 'seed', 'resume'] },
)

const RATE = 4e-3

class CheckedSet {
  readonly batches: Batches
  readonly #system: System
  readonly #samples: Float64Array[]
  readonly #batch: number
  readonly #shape: Shape
  readonly #f: Float64Array
  readonly #cotangent: Float64Array
  readonly #work: Float64Array[]

  constructor(network: Network, set: TrainingSet, label: string, rng: Random) {
    const { A, shape, samples, batch } = optionsOf(set, label)
    this.#system = systemOf(A, `${label}.A`)
    const { n } = this.#system
    this.#shape = checkShape(shape, `${label}.shape`, network.dimension)
    if (cellsOf(this.#shape) !== n) refuse(`${label}.shape`, `of ${n} cells, as many as A has rows`, `[${shape}]`)
    if (!Array.isArray(samples) || samples.length === 0)
      refuse(`${label}.samples`, 'an array of vectors', show(samples), 'type')
    this.#samples = samples.map((sample, i) => {
      const given = vector(sample as VectorLike, `${label}.samples[${i}]`, { length: n })
      const length = nrm2(given)
      if (!(length > 0 && length < Infinity))
        refuse(`${label}.samples[${i}]`, 'of positive, finite length', `${length}`)
      return Float64Array.from(given, (v) => v / length)
    })
    this.#batch = number(batch, `${label}.batch`, { integer: true, min: 1, max: samples.length })
    this.batches = new Batches(samples.length, rng.split())
    const arrays = Array.from({ length: 4 }, () => new Float64Array(n))
    this.#f = arrays[0]
    this.#cotangent = arrays[1]
    this.#work = arrays.slice(2)
  }

  /** Adds the mean gradient of the next batch; returns its mean loss. */
  addGradient(network: Network, gradient: Float64Array): number {
    const program = network.program(this.#shape, true)
    program.load(network.parameters)
    let sum = 0
    for (const i of this.batches.draw(this.#batch)) {
      const r = this.#samples[i]
      program.forward(r, this.#f)
      sum += lossInto(this.#system, r, this.#f, this.#cotangent, this.#work).value
      program.backward(this.#cotangent)
    }
    for (let k = 0; k < gradient.length; k++) gradient[k] += program.slopes[k] / this.#batch
    return sum / this.#batch
  }
}
