import { type Random, refuse, show } from '@opt/core'
import { inner } from '../matrices.ts'
import type { Adversary, Situation } from '../worlds/adversaries.ts'
import { playInto, usageInto, weightsInto } from '../worlds/dynamics.ts'
import type { LinearMdp } from '../worlds/linear-mdp.ts'

/** A learner over the table of an MDP: the policy of an episode, and what it makes of the trajectory. */
export interface TableLearner {
  /** pi_k, H x S x A, as the adversary knows it. */
  readonly policy: Float64Array
  /** The policy that is played in this episode: `policy`, unless the learner explores. */
  readonly played: Float64Array
  /** Computes `policy`; returns false if it is that of the last episode. */
  plan(): boolean
  /** Chooses `played`, if it may differ; returns whether it does. */
  explore(random: Random): boolean
  /** Learns from the trajectory, which `game` holds. */
  learn(game: Game, random: Random): void
  /** Everything that changes. */
  readonly memory: Float64Array[]
}

const sized = (sizes: number[]) => sizes.map((size) => new Float64Array(size))

/** One episode after the other: losses by the adversary, a trajectory, and the exact regret. All arrays are reused. */
export class Game {
  readonly mdp: LinearMdp
  /** Of the learner's policy: probabilities of the states, H x S, and expected features, H x d. */
  readonly occupancy: Float64Array
  readonly usage: Float64Array
  readonly theta: Float64Array
  /** The trajectory: states, actions, and losses from each layer to the end. */
  readonly states: Int32Array
  readonly actions: Int32Array
  readonly lossToGo: Float64Array
  /** The loss of each layer. */
  readonly losses: Float64Array
  /** The sum of theta over the episodes, H x d, and [episodes, sum of values]. */
  readonly total: Float64Array
  readonly counts: Float64Array = new Float64Array(2)
  /** V^{pi_k}_k. */
  value = 0
  readonly #adversary: Adversary
  readonly #situation: Situation
  readonly #last: Float64Array
  readonly #playedUsage: Float64Array
  readonly #playedOccupancy: Float64Array
  readonly #weights: Float64Array
  readonly #values: Float64Array
  #known = false

  constructor(mdp: LinearMdp, adversary: Adversary) {
    const { horizon: H, states: S, dimension: d } = mdp
    this.mdp = mdp
    ;[this.occupancy, this.usage, this.theta, this.lossToGo, this.losses] = sized([H * S, H * d, H * d, H, H])
    ;[this.total, this.#last, this.#playedUsage, this.#weights] = sized([H * d, H * d, H * d, H * d])
    ;[this.#playedOccupancy, this.#values] = sized([H * S, H * S])
    this.states = new Int32Array(H)
    this.actions = new Int32Array(H)
    this.#adversary = adversary
    this.#situation = { episode: 0, dimension: d, usage: this.usage, policy: this.occupancy }
  }

  /** Plays one episode and lets the learner learn from it. */
  episode(learner: TableLearner, random: Random): void {
    const { mdp, theta, total, counts, usage, occupancy } = this
    const { horizon: H, dimension: d } = mdp
    if (learner.plan() || !this.#known) usageInto(mdp, learner.policy, occupancy, usage)
    const situation = this.#situation
    situation.episode = counts[0]
    situation.policy = learner.policy
    const returned: unknown = this.#adversary(theta, situation)
    if (typeof returned === 'object' && returned !== null && returned !== theta)
      refuse('adversary', 'a function that writes the losses into theta', `one that returns ${show(returned)}`, 'type')
    this.#checkLosses()
    const apart = learner.explore(random)
    if (apart) usageInto(mdp, learner.played, this.#playedOccupancy, this.#playedUsage)
    this.value = inner(H * d, apart ? this.#playedUsage : usage, 0, theta, 0)
    if (!(Math.abs(this.value) < Infinity))
      refuse('options', 'such that the estimates stay finite', `a policy of value ${this.value}`)
    for (let i = 0; i < H * d; i++) total[i] += theta[i]
    counts[0]++
    counts[1] += this.value
    playInto(mdp, learner.played, random, this.states, this.actions)
    this.#observe()
    learner.learn(this, random)
  }

  #observe(): void {
    const { horizon: H, states: S, actions: A, dimension: d, phi } = this.mdp
    let rest = 0
    for (let h = H - 1; h >= 0; h--) {
      const row = (h * S + this.states[h]) * A + this.actions[h]
      this.losses[h] = inner(d, phi, row * d, this.theta, h * d)
      rest += this.losses[h]
      this.lossToGo[h] = rest
    }
  }

  /** Refuses losses outside [0, 1], but for rounding; those of the last episode have passed. */
  #checkLosses(): void {
    const { theta, mdp } = this
    const last = this.#last
    let same = this.#known
    for (let i = 0; i < theta.length && same; i++) same = theta[i] === last[i]
    if (same) return
    const { horizon: H, states: S, actions: A, dimension: d, phi } = mdp
    for (let h = 0; h < H; h++)
      for (let row = h * S * A; row < (h + 1) * S * A; row++) {
        const loss = inner(d, phi, row * d, theta, h * d)
        if (!(loss >= -1e-9 && loss <= 1 + 1e-9))
          refuse(
            'adversary',
            'one whose losses phi . theta lie in [0, 1]',
            `${loss} in layer ${h}, state ${Math.floor(row / A) % S}, action ${row % A}`,
          )
      }
    last.set(theta)
    this.#known = true
  }

  /** Returns sum_k V^{pi_k}_k minus the least total of a fixed policy: one dynamic program on the summed losses. */
  regret(): number {
    return this.counts[1] - weightsInto(this.mdp, undefined, this.total, this.#weights, this.#values)
  }

  get memory(): Float64Array[] {
    return [this.total, this.counts]
  }
}
