import {
  callback,
  decodeFloats,
  encodeFloats,
  number,
  type OptionNames,
  options as optionsOf,
  Random,
  type RandomState,
  type Report,
  randomFrom,
  refuse,
  type Solver,
  show,
  solver,
} from '@opt/core'
import ndarray, { type NdArray } from 'ndarray'
import type { Adversary } from '../worlds/adversaries.ts'
import { checkMdp, type LinearMdp } from '../worlds/linear-mdp.ts'
import { Game, type TableLearner } from './game.ts'

/** A saved run: plain JSON, exact to the bit (numbers are base64 of their little-endian float64 bytes). */
export interface PlayState {
  learner: string
  memory: string[]
  random: RandomState
}

/** Options that all learners have. */
export interface PlayOptions {
  /** K, the number of episodes. */
  episodes: number
  /** Episodes between reports; the last one always reports. Default: such that there are at most 1000. */
  every?: number
  /** A seed, or the generator of all draws. Default 0. */
  random?: number | Random
  /** The `state` of an answer with the same options: goes on from it, to the same bits. */
  initial?: PlayState
}

export const PLAY_OPTIONS = ['episodes', 'every', 'random', 'initial'] as const

/** What learners report: all exact, by dynamic programming, not from the losses drawn. */
export interface PlayReport extends Report {
  /** The number of episodes played. */
  episode: number
  /** V^{pi_k}_k, the expected loss of the last episode. */
  value: number
  /** The mean of the values so far. */
  averageLoss: number
  /** sum_k V^{pi_k}_k - min_pi sum_k V^pi_k. */
  regret: number
  /** Returns a copy of the policy of the episode just played, H x S x A. */
  policy(): NdArray<Float64Array>
}

/** What learners return. */
export interface PlayAnswer {
  /** sum_k V^{pi_k}_k - min_pi sum_k V^pi_k. */
  regret: number
  /** The mean of V^{pi_k}_k over the episodes. */
  averageLoss: number
  /** The policy of the last episode, H x S x A. */
  policy: NdArray<Float64Array>
  /** For `initial`. */
  state: PlayState
}

/** A learner as a solver. */
export type Play<O extends PlayOptions> = Solver<
  [mdp: LinearMdp, adversary: Adversary, options: O],
  PlayReport,
  PlayAnswer
>

/**
 * Makes a solver that lets a learner play against an adversary.
 *
 * @param make builds the learner from checked options.
 */
export function playing<O extends PlayOptions>(
  name: string,
  names: OptionNames<O>,
  make: (mdp: LinearMdp, options: O) => TableLearner,
): Play<O> {
  return solver(
    name,
    function* (mdp, adversary, options): Generator<PlayReport, PlayAnswer, boolean> {
      checkMdp(mdp)
      callback(adversary, 'adversary')
      const { episodes, random: seed = 0, initial } = options
      number(episodes, 'episodes', { integer: true, min: 1 })
      const { every = Math.ceil(episodes / 1000) } = options
      number(every, 'every', { integer: true, min: 1 })
      const game = new Game(mdp, adversary)
      const learner = make(mdp, options)
      const memory = [...game.memory, ...learner.memory]
      let random = randomFrom(seed, 'random')
      if (initial !== undefined) random = restore(name, initial, memory, episodes)
      const { horizon: H, states: S, actions: A } = mdp
      const policy = () => ndarray(learner.policy.slice(), [H, S, A])
      let done = game.counts[0] >= episodes
      while (!done) {
        game.episode(learner, random)
        const episode = game.counts[0]
        done = episode >= episodes
        if (episode % every !== 0 && !done) continue
        const { value } = game
        const stop = yield { episode, value, averageLoss: game.counts[1] / episode, regret: game.regret(), policy }
        done ||= stop
      }
      const state = { learner: name, memory: memory.map(encodeFloats), random: random.state() }
      return { regret: game.regret(), averageLoss: game.counts[1] / game.counts[0], policy: policy(), state }
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: names },
  )
}

function restore(name: string, initial: PlayState, memory: Float64Array[], episodes: number): Random {
  const { learner, memory: saved, random } = optionsOf(initial, 'initial')
  if (learner !== name) refuse('initial.learner', show(name), show(learner))
  if (!Array.isArray(saved) || saved.length !== memory.length)
    refuse('initial.memory', `${memory.length} texts`, show(saved), 'type')
  const decoded = memory.map((values, k) => decodeFloats(saved[k], Float64Array, values.length, `initial.memory[${k}]`))
  decoded.forEach((values, k) => {
    const at = values.findIndex((v) => !Number.isFinite(v))
    if (at >= 0) refuse(`initial.memory[${k}][${at}]`, 'a finite number', String(values[at]))
  })
  number(decoded[1][0], 'initial.memory[1][0]', { integer: true, min: 1, max: episodes })
  const continued = new Random(random)
  memory.forEach((values, k) => {
    values.set(decoded[k])
  })
  return continued
}
