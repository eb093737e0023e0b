import {
  boolean,
  callback,
  decodeFloats,
  encodeFloats,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  show,
  vector,
} from '@opt/core'
import { REGULARIZERS, type Regularizer, stepOf } from '../ftrl.ts'
import { type TableLike, table } from '../intake.ts'
import { inner, invertSymmetric } from '../matrices.ts'
import { draw, type Uniforms } from '../worlds/dynamics.ts'
import type { Cover } from '../worlds/policy-cover.ts'
import { Epochs } from './epochs.ts'

/** The constants of the third algorithm. */
export interface ModelFreeSettings<S> {
  /** W, the episodes of an epoch, in which the policy stays. Default 10; at least 2 with `split`. */
  epoch?: number
  /** Default 'logBarrier'. */
  regularizer?: Regularizer
  /** eta, positive. */
  learningRate: number
  /** The factor of the bonus, at least 0. */
  beta: number
  /** gamma, positive. Default .003. */
  regularization?: number
  /**
   * Whether the covariance comes from the first half of an epoch and the estimates from the second, as the paper's
   * proof wants it. Default false: both from the whole epoch, a ridge regression. With `split` take epoch >= 50 and
   * regularization >= .01: short halves scale each other by 1 / gamma, and the regret becomes linear.
   */
  split?: boolean
  /** delta, the probability that an episode explores with the cover's policy up to a random layer. Default 0. */
  exploration?: number
  /** The policy of exploring episodes. Default: uniform. */
  cover?: Cover<S>
  /**
   * States with max_a phi' Scov^-1 phi above it are played uniformly and get no bonus; needs a cover. Default 0: off.
   */
  knownThreshold?: number
}

export const SETTINGS = [
  'epoch',
  'regularizer',
  'learningRate',
  'beta',
  'regularization',
  'split',
  'exploration',
  'cover',
  'knownThreshold',
] as const

/** Options of {@link modelFree}. */
export interface ModelFreeOptions<S> extends ModelFreeSettings<S> {
  /** H, the number of decisions of an episode. */
  horizon: number
  /** A, the number of actions. */
  actions: number
  /** d. */
  dimension: number
  /**
   * Returns the features of all actions in a state, A x d, best of length at most 1: nested arrays, an ndarray, or
   * one typed array of A d numbers, which is the fastest. Layers count from 0.
   */
  features: (layer: number, state: S) => TableLike
  /** The least and the largest loss of a layer, which are scaled to 0 and 1. Default [0, 1]. */
  lossRange?: [number, number]
}

/** A saved agent: plain JSON, exact to the bit. */
export interface ModelFreeState {
  learner: 'modelFree'
  /** [H, A, d, W]. */
  shape: number[]
  /** Base64 of little-endian float64: the sums, the records of the epoch, the counts, the place in the episode. */
  memory: string[]
}

/** An agent: `act` and `observe` for each layer, then `endEpisode`. Its calls allocate nothing. */
export interface ModelFree<S> {
  /** The number of episodes that have ended. */
  readonly episodes: number
  /** The largest |phi| seen since it was made. Above 1 the bounds of the theory are void. */
  readonly largestNorm: number
  /**
   * Draws an action.
   *
   * @param random any source of uniform numbers, such as a `Random` of @opt/core.
   * @throws RangeError when it is not this layer's turn, or the last loss has not been observed.
   */
  act(layer: number, state: S, random: Uniforms): number
  /**
   * Takes the loss of the last action.
   *
   * @throws TypeError or RangeError when it is outside the range, or no action waits for one.
   */
  observe(loss: number): void
  /** Ends the episode; at the end of an epoch the policy changes. Episodes after the last whole epoch stay unused. */
  endEpisode(): void
  /** Returns the probabilities of the actions in a state. */
  policy(layer: number, state: S): Float64Array
  /** Returns everything that has been accumulated, in the middle of an episode too. */
  state(): ModelFreeState
  /** Goes on from a saved state, to the same bits; unchanged when it is refused. */
  load(state: ModelFreeState): void
}

/**
 * Makes an agent that learns from the losses it pays: the paper's third algorithm, without simulator or model. Its
 * memory is H (d + d^2) numbers and the records of one epoch, whatever the number of states, which may be of any type.
 * With `horizon: 1` it is a contextual bandit for adversarial losses.
 *
 * @throws TypeError or RangeError when an option is wrong.
 */
export function modelFree<S>(options: ModelFreeOptions<S>): ModelFree<S> {
  const given = optionsOf(options, 'modelFree: options', [
    ...SETTINGS,
    'horizon',
    'actions',
    'dimension',
    'features',
    'lossRange',
  ])
  const size = { integer: true, min: 1, max: 1e6 }
  const horizon = number(given.horizon, 'modelFree: horizon', size)
  const actions = number(given.actions, 'modelFree: actions', size)
  const dimension = number(given.dimension, 'modelFree: dimension', size)
  const features = callback(given.features, 'modelFree: features')
  const [low, high] = vector(given.lossRange ?? [0, 1], 'modelFree: lossRange', { length: 2 })
  if (!(high > low && high - low < Infinity)) refuse('modelFree: lossRange', 'an interval', `[${low}, ${high}]`)
  const { exploration = 0, cover } = given
  const epochs = epochsOf('modelFree: ', { horizon, actions, dimension }, given)
  return new Agent(epochs, features, low, high, exploration, cover)
}

/** Checks the constants of the third algorithm and makes its memory. */
export function epochsOf<S>(
  prefix: string,
  { horizon, actions, dimension }: { horizon: number; actions: number; dimension: number },
  options: ModelFreeSettings<S>,
): Epochs {
  const { epoch = 10, regularizer = 'logBarrier', learningRate, beta, regularization = 0.003, split = false } = options
  const { exploration = 0, cover, knownThreshold = 0 } = options
  boolean(split, `${prefix}split`)
  number(epoch, `${prefix}epoch`, { integer: true, min: split ? 2 : 1, max: 1e7 })
  oneOf(regularizer, `${prefix}regularizer`, REGULARIZERS)
  number(learningRate, `${prefix}learningRate`, { positive: true })
  number(beta, `${prefix}beta`, { nonnegative: true })
  number(regularization, `${prefix}regularization`, { positive: true })
  number(exploration, `${prefix}exploration`, { min: 0, max: 1 })
  number(knownThreshold, `${prefix}knownThreshold`, { nonnegative: true })
  let coverInverse: Float64Array | undefined
  if (cover !== undefined) {
    optionsOf(cover, `${prefix}cover`)
    number(cover.rounds, `${prefix}cover.rounds`, { integer: true, min: 1 })
    callback(cover.policy, `${prefix}cover.policy`)
    coverInverse = table(cover.covariance, `${prefix}cover.covariance`, [horizon, dimension, dimension])
    const memory = new Float64Array(dimension * dimension)
    for (let h = 0; h < horizon; h++)
      if (!invertSymmetric(dimension, coverInverse, coverInverse, h * dimension * dimension, memory))
        refuse(`${prefix}cover.covariance[${h}]`, 'positive definite', 'one that is not')
  } else if (knownThreshold > 0) refuse(`${prefix}cover`, 'given with a knownThreshold', 'undefined', 'type')
  return new Epochs({
    horizon,
    actions,
    dimension,
    epoch,
    step: stepOf(regularizer),
    learningRate,
    beta,
    regularization,
    split,
    knownThreshold,
    coverInverse,
  })
}

class Agent<S> implements ModelFree<S> {
  largestNorm = 0
  readonly #epochs: Epochs
  readonly #features: (layer: number, state: S) => TableLike
  readonly #low: number
  readonly #high: number
  readonly #exploration: number
  readonly #cover: Cover<S> | undefined
  /** [episodes, next layer, whether it waits for a loss, whether it explores, layer of the switch, round of the cover]. */
  readonly #place = new Float64Array(6)
  readonly #rows: Float64Array
  readonly #coverPolicy: Float64Array

  constructor(
    epochs: Epochs,
    features: (layer: number, state: S) => TableLike,
    low: number,
    high: number,
    exploration: number,
    cover: Cover<S> | undefined,
  ) {
    this.#epochs = epochs
    this.#features = features
    this.#low = low
    this.#high = high
    this.#exploration = exploration
    this.#cover = cover
    const { actions: A, dimension: d } = epochs.settings
    this.#rows = new Float64Array(A * d)
    this.#coverPolicy = new Float64Array(A).fill(1 / A)
  }

  get episodes(): number {
    return this.#place[0]
  }

  act(layer: number, state: S, random: Uniforms): number {
    const epochs = this.#epochs
    const { horizon: H, actions: A, dimension: d } = epochs.settings
    const place = this.#place
    if (place[2] === 1) refuse('modelFree.act: layer', 'called after the last loss has been observed', show(layer))
    if (layer !== place[1] || layer >= H)
      refuse('modelFree.act: layer', place[1] < H ? `${place[1]}` : 'called after endEpisode', show(layer))
    if (typeof random?.uniform !== 'function')
      refuse('modelFree.act: random', 'a source of uniform numbers', show(random), 'type')
    this.#read('modelFree.act', layer, state)
    let exploring = place[3] === 1
    let change = place[4]
    let round = place[5]
    if (layer === 0) {
      // Y ~ Bernoulli(exploration); if it is 1, the layer of the switch and the round of the cover are uniform.
      exploring = this.#exploration > 0 && uniform(random) < this.#exploration
      change = exploring ? Math.floor(uniform(random) * H) : 0
      const rounds = this.#cover?.rounds ?? 1
      round = exploring && rounds > 1 ? Math.floor(uniform(random) * rounds) : 0
    }
    const u = uniform(random)
    const covered = exploring && layer <= change
    if (covered && this.#cover)
      readCover(this.#cover, round, layer, state, 'modelFree.act: cover', this.#coverPolicy, 0, A)
    // From here on nothing is refused, and the agent changes.
    const k = epochs.record(layer)
    epochs.phi.set(this.#rows, k * A * d)
    epochs.policyInto(layer, this.#rows, 0, epochs.pi, k * A)
    epochs.weights[k] = exploring ? (layer === change ? H : 0) : 1
    const action = covered ? draw(this.#coverPolicy, 0, A, u) : draw(epochs.pi, k * A, A, u)
    epochs.actions[k] = action
    place[2] = 1
    place[3] = Number(exploring)
    place[4] = change
    place[5] = round
    return action
  }

  #read(method: string, layer: number, state: S): void {
    const { actions: A, dimension: d } = this.#epochs.settings
    const rows = this.#rows
    const given = this.#features(layer, state)
    if (given instanceof Float64Array && given.length === A * d && !('shape' in given)) rows.set(given)
    else rows.set(table(given, `${method}: features(${layer}, state)`, [A, d]))
    for (let a = 0; a < A; a++) {
      const length = Math.sqrt(inner(d, rows, a * d, rows, a * d))
      if (!(length < Infinity)) refuse(`${method}: features(${layer}, state)`, 'finite', `a row of length ${length}`)
      if (length > this.largestNorm) this.largestNorm = length
    }
  }

  observe(loss: number): void {
    const place = this.#place
    if (place[2] === 0) refuse('modelFree.observe: loss', 'called after act', show(loss))
    if (!(loss >= this.#low && loss <= this.#high))
      number(loss, 'modelFree.observe: loss', { min: this.#low, max: this.#high })
    const k = this.#epochs.record(place[1])
    this.#epochs.losses[k] = (loss - this.#low) / (this.#high - this.#low)
    place[1]++
    place[2] = 0
  }

  endEpisode(): void {
    const place = this.#place
    const { horizon: H } = this.#epochs.settings
    if (place[1] < H) refuse('modelFree.endEpisode: episode', `of ${H} layers, each observed`, `${place[1]}`)
    this.#epochs.endEpisode()
    place[0]++
    place[1] = 0
  }

  policy(layer: number, state: S): Float64Array {
    const { horizon: H, actions: A } = this.#epochs.settings
    number(layer, 'modelFree.policy: layer', { integer: true, min: 0, max: H - 1 })
    this.#read('modelFree.policy', layer, state)
    const out = new Float64Array(A)
    this.#epochs.policyInto(layer, this.#rows, 0, out, 0)
    return out
  }

  get #memory(): Float64Array[] {
    return [...this.#epochs.memory, this.#place]
  }

  get #shape(): number[] {
    const { horizon, actions, dimension, epoch } = this.#epochs.settings
    return [horizon, actions, dimension, epoch]
  }

  state(): ModelFreeState {
    return { learner: 'modelFree', shape: this.#shape, memory: this.#memory.map(encodeFloats) }
  }

  load(state: ModelFreeState): void {
    const label = 'modelFree.load: state'
    const { learner, shape, memory } = optionsOf(state, label)
    if (learner !== 'modelFree') refuse(`${label}.learner`, "'modelFree'", show(learner))
    const wanted = this.#shape
    if (!Array.isArray(shape) || shape.length !== 4 || shape.some((n, k) => n !== wanted[k]))
      refuse(`${label}.shape`, `[${wanted}]`, Array.isArray(shape) ? `[${shape.map(show)}]` : show(shape))
    const into = this.#memory
    if (!Array.isArray(memory) || memory.length !== into.length)
      refuse(`${label}.memory`, `${into.length} texts`, show(memory), 'type')
    const decoded = into.map((values, k) =>
      decodeFloats(memory[k], Float64Array, values.length, `${label}.memory[${k}]`),
    )
    checkMemory(decoded, wanted, label)
    into.forEach((values, k) => {
      values.set(decoded[k])
    })
  }
}

/** Refuses numbers that no agent of this shape can have saved. */
function checkMemory(memory: Float64Array[], [H, A, , W]: number[], label: string): void {
  const most = Number.MAX_SAFE_INTEGER
  const ranges: [low: number, high: number, integer: boolean][][] = [
    [[-Number.MAX_VALUE, Number.MAX_VALUE, false]],
    [[-Number.MAX_VALUE, Number.MAX_VALUE, false]],
    [[-Number.MAX_VALUE, Number.MAX_VALUE, false]],
    [[0, 1 + 1e-12, false]],
    [[0, A - 1, true]],
    [[0, 1, false]],
    [[0, H, true]],
    [
      [0, most, true],
      [0, W - 1, true],
    ],
    [
      [0, most, true],
      [0, H, true],
      [0, 1, true],
      [0, 1, true],
      [0, H - 1, true],
      [0, most, true],
    ],
  ]
  memory.forEach((values, k) => {
    values.forEach((v, i) => {
      const [min, max, integer] = ranges[k][i % ranges[k].length]
      number(v, `${label}.memory[${k}][${i}]`, { min, max, integer })
    })
  })
}

function uniform(random: Uniforms): number {
  const u = random.uniform()
  if (!(u >= 0 && u < 1)) refuse('modelFree.act: random.uniform()', 'in [0, 1)', show(u))
  return u
}

/** Writes the cover's probabilities of the actions in a state. */
export function readCover<S>(
  cover: Cover<S>,
  round: number,
  layer: number,
  state: S,
  label: string,
  out: Float64Array,
  at: number,
  actions: number,
): void {
  const p = vector(cover.policy(round, layer, state), `${label}.policy(${round}, ${layer}, state)`, {
    length: actions,
    sign: 'nonnegative',
  })
  const sum = p.reduce((total, v) => total + v, 0)
  if (!(Math.abs(sum - 1) <= 1e-9)) refuse(`${label}.policy(${round}, ${layer}, state)`, 'of sum 1', `sum ${sum}`)
  out.set(p, at)
}
