import { calling, log, number, oneOf, options as optionsOf } from '@opt/core'
import type { Estimator } from './estimation/estimators.ts'
import type { Regularizer } from './ftrl.ts'

const { E } = Math

/** Argument of {@link theoryParameters}. */
export interface TheoryOptions {
  /** The paper's first algorithm (the default) or its second. */
  algorithm?: 'logBarrier' | 'magnitudeReduced'
  horizon: number
  actions: number
  dimension: number
  /** K, at least 2. */
  episodes: number
}

/** Parameters with a proof, and their bound. */
export interface TheoryParameters {
  regularizer: Regularizer
  estimator: Estimator
  learningRate: number
  beta: number
  regularization: number
}

/**
 * Returns parameters for which the regret is bounded, with exact covariance and bonus. The constants are derived here;
 * the rates sqrt(A d H^6 K) and sqrt(d H^6 K) are the paper's. `bound` exceeds H K, the largest possible regret, up to
 * 575,000 episodes for H = 3, A = 4, d = 5 (36,000 for 'magnitudeReduced'); take {@link practicalParameters} to play.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function theoryParameters(options: TheoryOptions): {
  parameters: TheoryParameters
  /** An upper bound of the expected regret. */
  bound: number
  /** Whether the bound is at least H K and so says nothing. */
  vacuous: boolean
} {
  return calling('theoryParameters', () => {
    const {
      algorithm = 'logBarrier',
      horizon: H,
      actions: A,
      dimension: d,
      episodes: K,
    } = optionsOf(options, 'options', ['algorithm', 'horizon', 'actions', 'dimension', 'episodes'])
    oneOf(algorithm, 'algorithm', ['logBarrier', 'magnitudeReduced'])
    const size = { integer: true, min: 1, max: 1e9 }
    for (const [name, value] of Object.entries({ horizon: H, actions: A, dimension: d })) number(value, name, size)
    number(K, 'episodes', { integer: true, min: 2 })
    const [H2, H3, H4, H5] = [H * H, H * H * H, H * H * H * H, H * H * H * H * H]
    if (algorithm === 'logBarrier') {
      const learningRate = Math.sqrt((A * log(K)) / (2 * E * K * d * (H4 + 2 * H2)))
      const bound =
        (H * A * log(K)) / learningRate +
        2 * E * K * learningRate * d * (H5 + 2 * H3) +
        2 * H2 * (1 + Math.sqrt(d)) +
        1 / learningRate
      const beta = 2 * learningRate * H2
      const regularization = 4 * E * learningRate * learningRate * H4
      const parameters = { regularizer: 'logBarrier', estimator: 'plain', learningRate, beta, regularization } as const
      return { parameters, bound, vacuous: bound >= H * K }
    }
    // One action leaves nothing to learn, and ln A = 0.
    const logA = log(Math.max(A, 2))
    const learningRate = Math.sqrt(logA / (4 * E * K * d * (H4 + 4 * H2)))
    const bound = (H * logA) / learningRate + 4 * E * K * learningRate * d * (H5 + 4 * H3)
    const beta = 8 * learningRate * H2
    const regularization = 32 * E * learningRate * learningRate * H4
    return {
      parameters: {
        regularizer: 'negativeEntropy',
        estimator: 'magnitudeReduced',
        learningRate,
        beta,
        regularization,
      },
      bound,
      vacuous: bound >= H * K,
    }
  })
}

const PRACTICAL = ['logBarrier', 'magnitudeReduced', '2021', 'modelFree', 'modelFreeEntropy'] as const

/** Argument of {@link practicalParameters}. */
export interface PracticalOptions {
  /**
   * 'logBarrier' (the default), 'magnitudeReduced' and '2021', the baseline with gamma = eta H, for `withSimulator`;
   * 'modelFree' and 'modelFreeEntropy' for `modelFree` and `withoutSimulator`.
   */
  algorithm?: (typeof PRACTICAL)[number]
  /** K, for how long it will play. */
  episodes: number
  /** For 'magnitudeReduced' and '2021', whose gamma depends on it. */
  horizon?: number
  /** W of the learners without simulator. Default 10. */
  epoch?: number
  /** The total loss that an episode usually has, after scaling to [0, 1] a layer. Default .7. */
  typicalLoss?: number
}

/** Parameters to spread into the options of a learner. */
export interface PracticalParameters {
  regularizer: Regularizer
  learningRate: number
  beta: number
  regularization: number
  /** For `withSimulator`. */
  estimator?: Estimator
  /** For `modelFree` and `withoutSimulator`. */
  epoch?: number
}

/**
 * Returns parameters that work well where total losses are near `typicalLoss`; they have no proof. They were chosen on
 * environments other than those of the experiment.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function practicalParameters(options: PracticalOptions): PracticalParameters {
  return calling('practicalParameters', () => {
    const {
      algorithm = 'logBarrier',
      episodes,
      horizon,
      epoch = 10,
      typicalLoss = 0.7,
    } = optionsOf(options, 'options', ['algorithm', 'episodes', 'horizon', 'epoch', 'typicalLoss'])
    oneOf(algorithm, 'algorithm', PRACTICAL)
    number(episodes, 'episodes', { integer: true, min: 1 })
    number(epoch, 'epoch', { integer: true, min: 1 })
    number(typicalLoss, 'typicalLoss', { positive: true })
    const root = Math.sqrt(episodes)
    const scale = 0.7 / typicalLoss
    if (algorithm === 'logBarrier')
      return {
        regularizer: 'logBarrier',
        estimator: 'plain',
        learningRate: (10 * scale) / root,
        beta: 0.04 / root,
        regularization: 0.001,
      }
    if (algorithm === 'modelFree' || algorithm === 'modelFreeEntropy') {
      const entropy = algorithm === 'modelFreeEntropy'
      return {
        regularizer: entropy ? 'negativeEntropy' : 'logBarrier',
        epoch,
        learningRate: ((entropy ? 2 : 10) * scale * epoch) / root,
        beta: 0.04 / root,
        regularization: 0.003,
      }
    }
    const reduced = algorithm === 'magnitudeReduced'
    number(horizon, 'horizon', { integer: true, min: 1 })
    const learningRate = (2 * scale) / root
    const gamma = learningRate * (horizon as number)
    return {
      regularizer: 'negativeEntropy',
      estimator: reduced ? 'magnitudeReduced' : 'plain',
      learningRate,
      beta: 0.13 / root,
      regularization: reduced ? gamma * gamma : gamma,
    }
  })
}
