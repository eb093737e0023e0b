import type { Random } from '@opt/core'
import type { LinearMdp } from '../worlds/linear-mdp.ts'
import type { Epochs } from './epochs.ts'
import type { Game, TableLearner } from './game.ts'
import { PLAY_OPTIONS, type Play, type PlayOptions, playing } from './play.ts'
import { epochsOf, type ModelFreeSettings, readCover, SETTINGS } from './settings.ts'

/** Options of {@link withoutSimulator}. */
export interface WithoutSimulatorOptions extends PlayOptions, ModelFreeSettings<number> {}

/**
 * Plays the agent of {@link modelFree} in a linear MDP, whose tables give its exact regret.
 *
 * @throws TypeError or RangeError when an argument is wrong, or a loss is outside [0, 1].
 */
export const withoutSimulator: Play<WithoutSimulatorOptions> = playing(
  'withoutSimulator',
  [...PLAY_OPTIONS, ...SETTINGS],
  (mdp, options) => new EpochLearner(mdp, options),
)

class EpochLearner implements TableLearner {
  readonly policy: Float64Array
  readonly memory: Float64Array[]
  readonly #mdp: LinearMdp
  readonly #epochs: Epochs
  readonly #exploration: number
  /** The policies of the cover, rounds x H x S x A. */
  readonly #cover: Float64Array[]
  readonly #mixed: Float64Array
  #planned = -1
  /** The layer of the switch in an exploring episode, -1 in others. */
  #switch = -1

  constructor(mdp: LinearMdp, options: WithoutSimulatorOptions) {
    const { horizon: H, states: S, actions: A } = mdp
    const size = H * S * A
    this.#mdp = mdp
    this.#epochs = epochsOf('', mdp, options)
    this.#exploration = options.exploration ?? 0
    this.#cover = this.#exploration > 0 ? coverTables(mdp, options.cover) : []
    this.#mixed = new Float64Array(size)
    this.policy = new Float64Array(size)
    this.memory = [...this.#epochs.memory, this.policy]
  }

  get played(): Float64Array {
    return this.#switch < 0 ? this.policy : this.#mixed
  }

  plan(): boolean {
    const epoch = this.#epochs.counts[0]
    if (epoch === this.#planned) return false
    const { horizon: H, states: S, actions: A, dimension: d, phi } = this.#mdp
    for (let state = 0; state < H * S; state++)
      this.#epochs.policyInto(Math.floor(state / S), phi, state * A * d, this.policy, state * A)
    this.#planned = epoch
    return true
  }

  explore(random: Random): boolean {
    this.#switch = -1
    if (this.#exploration === 0 || random.uniform() >= this.#exploration) return false
    const { horizon: H, states: S, actions: A } = this.#mdp
    this.#switch = Math.floor(random.uniform() * H)
    const round = this.#cover.length > 1 ? Math.floor(random.uniform() * this.#cover.length) : 0
    const end = (this.#switch + 1) * S * A
    const { policy } = this
    for (let i = 0; i < policy.length; i++) this.#mixed[i] = i < end ? this.#cover[round][i] : policy[i]
    return true
  }

  learn({ states, actions, losses }: Game): void {
    const { horizon: H, states: S, actions: A, dimension: d, phi } = this.#mdp
    const epochs = this.#epochs
    for (let h = 0; h < H; h++) {
      const k = epochs.record(h)
      const row = (h * S + states[h]) * A
      for (let i = 0; i < A * d; i++) epochs.phi[k * A * d + i] = phi[row * d + i]
      for (let a = 0; a < A; a++) epochs.pi[k * A + a] = this.policy[row + a]
      epochs.actions[k] = actions[h]
      epochs.losses[k] = losses[h]
      epochs.weights[k] = this.#switch < 0 ? 1 : h === this.#switch ? H : 0
    }
    epochs.endEpisode()
  }
}

function coverTables(mdp: LinearMdp, cover: ModelFreeSettings<number>['cover']): Float64Array[] {
  const { horizon: H, states: S, actions: A } = mdp
  if (cover === undefined) return [new Float64Array(H * S * A).fill(1 / A)]
  return Array.from({ length: cover.rounds }, (_, round) => {
    const out = new Float64Array(H * S * A)
    for (let state = 0; state < H * S; state++)
      readCover(cover, round, Math.floor(state / S), state % S, 'cover', out, state * A, A)
    return out
  })
}
