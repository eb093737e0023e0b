import { calling, number, options as optionsOf, type Random, refuse, show, type VectorLike, vector } from '@opt/core'
import ndarray, { type NdArray } from 'ndarray'
import { place, shapeOf, type TableLike, table } from '../intake.ts'
import { inner } from '../matrices.ts'
import {
  covarianceInto,
  draw,
  greedy,
  playInto,
  rowsTimes,
  type Tables,
  type Uniforms,
  usageInto,
  weightsInto,
} from './dynamics.ts'

/** A world as plain functions, with states of any type. The learner and {@link policyCover} need no more. */
export interface World<S> {
  /** The number of layers, H; they count from 0. */
  horizon: number
  actions: number
  dimension: number
  /** Returns the features of all actions, actions x dimension, of length at most 1 each. */
  features(layer: number, state: S): TableLike
  /** Draws the first state. */
  start(random: Uniforms): S
  /** Draws the state that follows at layer + 1. */
  step(layer: number, state: S, action: number, random: Uniforms): S
}

/** Argument of {@link linearMdp}. */
export interface LinearMdpData {
  /** phi_h(x, a): H x S x A x d. */
  features: TableLike
  /** nu_h: (H - 1) x d x S, with P_h(y | x, a) = phi_h(x, a) . nu_h(y); [] if H = 1. */
  nextStates: TableLike
  /** The probabilities of the first state, length S. Default: state 0. */
  start?: VectorLike
}

/** A trajectory: the state and the action of each layer. */
export interface Trajectory {
  states: Int32Array
  actions: Int32Array
}

/** A layered MDP whose transitions and losses are linear in known features, stored as tables of S states a layer. */
export class LinearMdp implements World<number>, Tables {
  readonly horizon: number
  readonly states: number
  readonly actions: number
  readonly dimension: number
  /** The largest |phi|. Above 1 the bounds of the theory are void. */
  readonly largestNorm: number
  /** phi, row-major H x S x A x d. */
  readonly phi: Float64Array
  /** nu, row-major (H - 1) x d x S. */
  readonly nu: Float64Array
  readonly startProbabilities: Float64Array
  /** P(y | x, a), row-major (H - 1) x S x A x S. */
  readonly transitions: Float64Array

  /** @throws TypeError or RangeError when a shape is wrong or phi . nu is no distribution. */
  constructor(data: LinearMdpData) {
    const given = optionsOf(data, 'linearMdp: data')
    const shape = shapeOf(given.features, 'linearMdp: features', 4)
    const [H, S, A, d] = shape
    this.horizon = H
    this.states = S
    this.actions = A
    this.dimension = d
    this.phi = table(given.features, 'linearMdp: features', shape)
    this.nu = H > 1 ? table(given.nextStates, 'linearMdp: nextStates', [H - 1, d, S]) : new Float64Array(0)
    const first = Array.from({ length: S }, (_, x) => Number(x === 0))
    this.startProbabilities = vector(given.start ?? first, 'linearMdp: start', {
      length: S,
      sign: 'nonnegative',
    }).slice()
    checkDistribution(this.startProbabilities, 0, S, 'linearMdp: start')
    this.transitions = new Float64Array((H - 1) * S * A * S)
    let largest = 0
    for (let row = 0; row < H * S * A; row++)
      largest = Math.max(largest, inner(d, this.phi, row * d, this.phi, row * d))
    this.largestNorm = Math.sqrt(largest)
    if (!(largest < Infinity)) refuse('linearMdp: features', 'of length about 1', 'some whose squares overflow')
    for (let row = 0; row < (H - 1) * S * A; row++) {
      const h = Math.floor(row / (S * A))
      for (let y = 0; y < S; y++) {
        let p = 0
        for (let i = 0; i < d; i++) p += this.phi[row * d + i] * this.nu[(h * d + i) * S + y]
        this.transitions[row * S + y] = p
      }
      checkDistribution(this.transitions, row * S, S, `linearMdp: P${place(row, [H - 1, S, A])}`)
    }
  }

  /** Returns the features of all actions, actions x dimension: a view. */
  features(layer: number, state: number): NdArray {
    this.#check('features', layer, state)
    const [A, d] = [this.actions, this.dimension]
    return ndarray(this.phi, [A, d], [d, 1], (layer * this.states + state) * A * d)
  }

  start(random: Uniforms): number {
    return draw(this.startProbabilities, 0, this.states, uniformFrom(random, 'linearMdp.start'))
  }

  /** Draws the state of the next layer. */
  step(layer: number, state: number, action: number, random: Uniforms): number {
    const { states: S, actions: A } = this
    this.#check('step', layer, state, this.horizon - 2)
    number(action, 'linearMdp.step: action', { integer: true, min: 0, max: A - 1 })
    return draw(this.transitions, ((layer * S + state) * A + action) * S, S, uniformFrom(random, 'linearMdp.step'))
  }

  #check(method: string, layer: number, state: number, last: number = this.horizon - 1): void {
    number(layer, `linearMdp.${method}: layer`, { integer: true, min: 0, max: last })
    number(state, `linearMdp.${method}: state`, { integer: true, min: 0, max: this.states - 1 })
  }

  /** Returns the tables as nested arrays, from which `linearMdp` makes the same MDP, on another thread for instance. */
  data(): LinearMdpData {
    const { horizon: H, states: S, actions: A, dimension: d, phi, nu, startProbabilities } = this
    const rows = (from: Float64Array, at: number, count: number, length: number) =>
      Array.from({ length: count }, (_, k) => Array.from(from.subarray(at + k * length, at + (k + 1) * length)))
    return {
      features: Array.from({ length: H }, (_, h) =>
        Array.from({ length: S }, (_, x) => rows(phi, (h * S + x) * A * d, A, d)),
      ),
      nextStates: Array.from({ length: H - 1 }, (_, h) => rows(nu, h * d * S, d, S)),
      start: [...startProbabilities],
    }
  }

  /** Copies a policy, H x S x A, whose rows are distributions. */
  policy(policy: TableLike, label = 'linearMdp: policy'): Float64Array {
    const { horizon: H, states: S, actions: A } = this
    const out = table(policy, label, [H, S, A], { min: 0 })
    for (let row = 0; row < H * S; row++) checkDistribution(out, row * A, A, label + place(row, [H, S]))
    return out
  }

  /**
   * Returns the probability of each state under a policy, H x S.
   *
   * @param policy H x S x A.
   */
  occupancy(policy: TableLike): NdArray<Float64Array> {
    return calling('linearMdp.occupancy', () => {
      const { horizon: H, states: S, dimension: d } = this
      const occupancy = new Float64Array(H * S)
      usageInto(this, this.policy(policy, 'policy'), occupancy, new Float64Array(H * d))
      return ndarray(occupancy, [H, S])
    })
  }

  /**
   * Returns the cost to go of a policy for the losses phi . theta: Q, H x S x A, V, H x S, and the value of the start.
   *
   * @param theta H x d; any finite numbers.
   */
  evaluate(policy: TableLike, theta: TableLike): Evaluation {
    return calling('linearMdp.evaluate', () => this.#evaluation(this.policy(policy, 'policy'), theta))
  }

  /** Returns the deterministic policy of the least value for the losses phi . theta (the first action on ties), and its values. */
  optimal(theta: TableLike): Evaluation & { policy: Int32Array } {
    return calling('linearMdp.optimal', () => {
      const answer = this.#evaluation(undefined, theta)
      return { ...answer, policy: greedy(answer.q.data, this.actions) }
    })
  }

  #evaluation(policy: Float64Array | undefined, theta: TableLike): Evaluation {
    const { horizon: H, states: S, actions: A, dimension: d } = this
    const [weights, v, q] = [H * d, H * S, H * S * A].map((size) => new Float64Array(size))
    const value = weightsInto(this, policy, table(theta, 'theta', [H, d]), weights, v)
    rowsTimes(this, weights, q)
    return { value, v: ndarray(v, [H, S]), q: ndarray(q, [H, S, A]) }
  }

  /** Returns Sigma_h = E phi phi' under a policy, H x d x d. */
  covariance(policy: TableLike): NdArray<Float64Array> {
    return calling('linearMdp.covariance', () => {
      const { horizon: H, states: S, dimension: d } = this
      const checked = this.policy(policy, 'policy')
      const [occupancy, usage, out] = [H * S, H * d, H * d * d].map((size) => new Float64Array(size))
      usageInto(this, checked, occupancy, usage)
      covarianceInto(this, checked, occupancy, out)
      return ndarray(out, [H, d, d])
    })
  }

  /**
   * Plays one trajectory.
   *
   * @param random a generator, or 2 H numbers of [0, 1): one for the start, then an action and a next state a layer.
   */
  simulate(policy: TableLike, random: Random | VectorLike): Trajectory {
    return calling('linearMdp.simulate', () => {
      const { horizon: H } = this
      const checked = this.policy(policy, 'policy')
      const trajectory = { states: new Int32Array(H), actions: new Int32Array(H) }
      playInto(this, checked, uniformsOf(random, 2 * H), trajectory.states, trajectory.actions)
      return trajectory
    })
  }
}

/** Values of a policy: Q, H x S x A; V, H x S; and the mean of V at the start. */
export interface Evaluation {
  q: NdArray<Float64Array>
  v: NdArray<Float64Array>
  value: number
}

/**
 * Makes an MDP of H layers whose transitions are phi . nu.
 *
 * @throws TypeError or RangeError when a shape is wrong, or phi . nu is no distribution: the message names layer,
 *   state and action.
 */
export const linearMdp = (data: LinearMdpData): LinearMdp => new LinearMdp(data)

/** Refuses what is no {@link LinearMdp}. */
export function checkMdp(mdp: unknown): asserts mdp is LinearMdp {
  if (!(mdp instanceof LinearMdp)) refuse('mdp', 'what linearMdp returns', show(mdp), 'type')
}

function uniformFrom(random: Uniforms, label: string): number {
  if (typeof random?.uniform !== 'function')
    refuse(`${label}: random`, 'a source of uniform numbers', show(random), 'type')
  return random.uniform()
}

function uniformsOf(random: Random | VectorLike, length: number): Uniforms {
  if (typeof random === 'object' && typeof (random as Random)?.uniform === 'function') return random as Random
  const numbers = vector(random as VectorLike, 'random', { sign: 'nonnegative' })
  if (numbers.length < length) refuse('random', `a generator or ${length} numbers`, `${numbers.length} numbers`)
  const above = numbers.findIndex((u) => u >= 1)
  if (above >= 0) refuse(`random[${above}]`, 'below 1', show(numbers[above]))
  let at = 0
  return { uniform: () => numbers[at++] }
}

function checkDistribution(p: Float64Array, at: number, n: number, label: string): void {
  let sum = 0
  for (let i = 0; i < n; i++) {
    // Rounding of phi . nu.
    if (p[at + i] < 0 && p[at + i] >= -1e-12) p[at + i] = 0
    if (!(p[at + i] >= 0)) refuse(`${label}[${i}]`, 'a nonnegative probability', show(p[at + i]))
    sum += p[at + i]
  }
  if (!(Math.abs(sum - 1) <= 1e-9)) refuse(label, 'probabilities that add up to 1', `sum ${sum}`)
}
