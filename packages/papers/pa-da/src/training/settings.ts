import { boolean, cos, number, oneOf, refuse, type VectorLike, vector } from '@opt/core'
import { checkDistribution } from '../samplers/draw.ts'
import type { PathMode } from '../samplers/path-settings.ts'
import type { SearchSpace } from '../space.ts'
import type { SamplingSettings } from './trainer.ts'

/** Options of stochastic gradient descent. */
export interface DescentOptions {
  /** Passes over as many examples as there are. */
  epochs?: number | undefined
  batchSize?: number | undefined
  /** At the start; it falls along half a cosine, once an epoch. Default 0.05. */
  learningRate?: number | undefined
  /** Default 0.9. */
  momentum?: number | undefined
  /** Default 2.5e-4. */
  weightDecay?: number | undefined
  /** Largest norm of a gradient. Default 5. */
  clip?: number | undefined
}

/** How paths and examples are sampled. */
export interface SamplingOptions {
  /**
   * 'pa-da': by gradient norms; 'spos': a uniform path a step; 'fairnas': O paths a step, in which each operation of
   * each edge comes once (the cost of O steps). Default 'pa-da'.
   */
  method?: 'pa-da' | 'spos' | 'fairnas' | undefined
  /** Sample paths by norms: true (by operation), false, or another mode of {@link PathSampler}. Default true. */
  path?: boolean | Exclude<PathMode, 'uniform'> | undefined
  /** Sample examples by norms. Default true. */
  data?: boolean | undefined
  /** Weight losses by 1 / probability, so that gradients are without bias; the official code does not. Default false. */
  weights?: boolean | undefined
  /** tau grows from 0 to 1 over the epochs, and no further than this. Default 1; 0.5 with weights. */
  tauMax?: number | undefined
  /** A distribution of the operations to drift to in place of the norms': the control without gradients. */
  bias?: VectorLike | undefined
}

export const DESCENT = ['epochs', 'batchSize', 'learningRate', 'momentum', 'weightDecay', 'clip'] as const
export const SAMPLING = ['method', 'path', 'data', 'weights', 'tauMax', 'bias'] as const

export type Descent = { [Name in keyof DescentOptions]-?: number }

/** Checks the options of the descent, with defaults of the caller. */
export function descentOf(
  given: DescentOptions,
  count: number,
  defaults: { epochs: number; batchSize: number },
): Descent {
  const { epochs = defaults.epochs, batchSize = Math.min(count, defaults.batchSize) } = given
  const { learningRate = 0.05, momentum = 0.9, weightDecay = 2.5e-4, clip = 5 } = given
  number(epochs, 'epochs', { integer: true, min: 1 })
  number(batchSize, 'batchSize', { integer: true, min: 1, max: count })
  number(learningRate, 'learningRate', { positive: true })
  number(momentum, 'momentum', { min: 0, max: 1 - Number.EPSILON / 2 })
  number(weightDecay, 'weightDecay', { nonnegative: true })
  number(clip, 'clip', { positive: true })
  return { epochs, batchSize, learningRate, momentum, weightDecay, clip }
}

/** Checks the options of sampling. */
export function samplingOf(given: SamplingOptions, space: SearchSpace): SamplingSettings & { fair: boolean } {
  const method = oneOf(given.method ?? 'pa-da', 'method', ['pa-da', 'spos', 'fairnas'])
  if (method !== 'pa-da') {
    for (const name of ['path', 'data', 'weights', 'tauMax', 'bias'] as const)
      if (given[name] !== undefined) refuse(name, `left out with method '${method}'`, String(given[name]))
    return { mode: 'uniform', data: false, weights: false, tauMax: 1, fair: method === 'fairnas' }
  }
  const { path = true, data = true, weights = false } = given
  boolean(data, 'data')
  boolean(weights, 'weights')
  const mode =
    typeof path === 'boolean' ? (path ? 'ops' : 'uniform') : oneOf(path, 'path', ['ops', 'per-edge', 'table'])
  const tauMax = number(given.tauMax ?? (weights ? 0.5 : 1), 'tauMax', {
    min: 0,
    max: weights ? 1 - Number.EPSILON / 2 : 1,
  })
  if (given.bias === undefined) return { mode, data, weights, tauMax, fair: false }
  if (mode !== 'ops') refuse('bias', "left out unless path is true or 'ops'", 'a distribution')
  const target = vector(given.bias, 'bias', { length: space.ops.length, sign: 'nonnegative' }).slice()
  checkDistribution(target, 'bias')
  return { mode, data, weights, tauMax, target, fair: false }
}

/** The learning rate of an epoch: half a cosine. */
export const cosine = (learningRate: number, epoch: number, epochs: number): number =>
  (learningRate * (1 + cos((Math.PI * epoch) / epochs))) / 2
