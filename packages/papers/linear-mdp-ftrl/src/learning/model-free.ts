import { callback, number, options as optionsOf, refuse, vector } from '@opt/core'
import type { TableLike } from '../intake.ts'
import type { Uniforms } from '../worlds/dynamics.ts'
import { Agent } from './agent.ts'
import { epochsOf, type ModelFreeSettings, SETTINGS } from './settings.ts'

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
