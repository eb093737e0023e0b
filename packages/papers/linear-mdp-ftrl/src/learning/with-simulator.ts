import { number, oneOf, refuse } from '@opt/core'
import { chainLength } from '../estimation/covariance.ts'
import { ESTIMATORS, type Estimator } from '../estimation/estimators.ts'
import { REGULARIZERS, type Regularizer } from '../ftrl.ts'
import { PLAY_OPTIONS, type Play, type PlayOptions, playing } from './play.ts'
import { SimulatorLearner, type SimulatorSettings } from './simulator-learner.ts'

/** Options of {@link withSimulator}. */
export interface WithSimulatorOptions extends PlayOptions {
  /** Default 'logBarrier'. */
  regularizer?: Regularizer
  /** Default 'plain' with the log barrier, 'magnitudeReduced' with the entropy. */
  estimator?: Estimator
  /**
   * Where the inverse covariance comes from: the model ('exact', the default), or trajectories simulated in each
   * episode, inverted directly or by matrix geometric resampling.
   */
  covariance?: 'exact' | 'direct' | 'geometric'
  /** The trajectories simulated in each episode. Default 100. */
  samples?: number
  /** The samples of each chain of 'geometric'. Default: that of `geometricSize`, or `samples` if it is less. */
  chain?: number
  /** The dilated bonus by the model ('exact', the default) or by one draw for each pair ('sampled'). */
  bonus?: 'exact' | 'sampled'
  /** eta, positive. */
  learningRate: number
  /** The factor of the bonus, at least 0. */
  beta: number
  /** gamma, positive. */
  regularization: number
}

/**
 * Plays follow the regularised leader on estimates of the cost to go with a simulator: the paper's first algorithm
 * with the log barrier and the plain estimator, its second with the entropy and the magnitude-reduced one. The entropy
 * with the plain estimator and gamma = eta H is the baseline of 2021.
 *
 * ```ts
 * const { regret } = withSimulator(mdp, adversaries.counter(5), {
 *   episodes: 4000,
 *   ...practicalParameters({ algorithm: 'logBarrier', episodes: 4000 }),
 * })
 * ```
 *
 * @throws TypeError or RangeError when an argument is wrong, or a loss is outside [0, 1].
 */
export const withSimulator: Play<WithSimulatorOptions> = playing(
  'withSimulator',
  [
    ...PLAY_OPTIONS,
    'regularizer',
    'estimator',
    'covariance',
    'samples',
    'chain',
    'bonus',
    'learningRate',
    'beta',
    'regularization',
  ],
  (mdp, options) => new SimulatorLearner(mdp, checked(options)),
)

function checked({
  regularizer = 'logBarrier',
  estimator = regularizer === 'logBarrier' ? 'plain' : 'magnitudeReduced',
  covariance = 'exact',
  samples = 100,
  chain,
  bonus = 'exact',
  learningRate,
  beta,
  regularization,
}: WithSimulatorOptions): SimulatorSettings {
  oneOf(regularizer, 'regularizer', REGULARIZERS)
  oneOf(estimator, 'estimator', ESTIMATORS)
  oneOf(covariance, 'covariance', ['exact', 'direct', 'geometric'])
  oneOf(bonus, 'bonus', ['exact', 'sampled'])
  number(samples, 'samples', { integer: true, min: 1, max: 1e7 })
  number(learningRate, 'learningRate', { positive: true })
  number(beta, 'beta', { nonnegative: true })
  number(regularization, 'regularization', { positive: true })
  const geometric = covariance === 'geometric'
  const steps = chain ?? (geometric ? Math.min(samples, chainLength(regularization)) : 1)
  number(steps, 'chain', { integer: true, min: 1 })
  if (geometric && steps > samples) refuse('chain', `at most the ${samples} samples`, String(steps))
  return { regularizer, estimator, covariance, samples, chain: steps, bonus, learningRate, beta, regularization }
}
