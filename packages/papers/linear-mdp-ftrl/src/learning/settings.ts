import { boolean, callback, number, oneOf, options as optionsOf, refuse } from '@opt/core'
import { REGULARIZERS, type Regularizer, stepOf } from '../ftrl.ts'
import { distribution, table } from '../intake.ts'
import { invertSymmetric } from '../matrices.ts'
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
  const given = cover.policy(round, layer, state)
  out.set(distribution(given, `${label}.policy(${round}, ${layer}, state)`, { length: actions }), at)
}
