import { number, options, type Random, type RandomState, refuse, show, type VectorLike } from '@opt/core'
import type { Products, Sizes } from '../batches.ts'
import type { RuleName } from './rules.ts'

/** Options of RateLearner. */
export interface RateLearnerOptions extends Sizes {
  /** Products of batches with vectors, of the Gauss-Newton matrix for the default rule, or a network with its data. */
  products: Products
  /** The batch size B of the training, from 1 to N. */
  batch: number
  /**
   * 'stochastic' (default): safety R(B), by the Gauss-Newton matrix; 'batch': the paper's rate by the Hessian of batches of
   * size B, robust and slow for large B; 'polyak': the paper's learner, which diverges on the networks tried here;
   * 'cauchy': |g|^2 / g'Hg, as the authors' code sets the rate of SGD. The last two take the stochastic rate at first.
   */
  rule?: RuleName | undefined
  /** Momentum rho of m = rho m + g, in [0, 1); the most that 'batch' takes. Default 0.9, with 'cauchy' 0. */
  momentum?: number | undefined
  /** Examples in a sample. Default 128; B with 'batch', 1024 with 'cauchy'. At most N. */
  sample?: number | undefined
  /** Lanczos steps on each. Default 6; 10 with 'batch' and 'polyak'. */
  steps?: number | undefined
  /** Samples for a measurement. Default 2; with 'batch' 4, or 8 for B < 16. */
  probes?: number | undefined
  /** Share of the largest stable rate that is taken. Default 0.5; 1 with the paper's rules. */
  safety?: number | undefined
  /** Share of lambda and trace that a measurement may at least lose, in [0, 1]; without it training diverges. Default 0.97. */
  keep?: number | undefined
  /** Steps between measurements. Default an epoch; 'doubling': after 1, 2, 4, 8 ... epochs, for small data. */
  interval?: number | 'doubling' | undefined
  /** Factor of the rate at a step, such as `lateDecay(steps)`. */
  decay?: ((step: number) => number) | undefined
  /** Gradient of the mean loss of a batch, for 'cauchy' with products of your own. */
  gradient?: ((indices: Int32Array) => VectorLike) | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** A sample of examples and the first vector of its Lanczos run. */
export interface Probe {
  indices: VectorLike
  start: VectorLike
}

/** What a measurement says; `scaleRate(rate, { from, to, ...measurement })` reads it. */
export interface Measurement {
  /** Learning rate to use. */
  rate: number
  /** Momentum to use. */
  momentum: number
  /** Largest eigenvalue, held up by earlier measurements. */
  lambda: number
  /** Trace, likewise. */
  trace: number
  /** The Ritz value of the largest weight: where the bulk is. */
  bulk: number
  /** The number of examples, N. */
  count: number
}

/** What RateLearner.state returns: plain JSON. */
export interface LearnerState {
  learner: RuleName
  lambda: number
  trace: number
  measurements: number
  /** The step at which the next measurement is due. */
  due: number
  measurement: Measurement | null
  random: RandomState
}

/** @throws TypeError or RangeError when a learner of this rule cannot have saved the state. */
export function checkState(state: LearnerState, rule: RuleName): void {
  if (state === undefined) refuse('state', 'what state() returned', 'undefined', 'type')
  const { learner, lambda, trace, measurements, due, measurement } = options(state, 'state')
  if (learner !== rule) refuse('state.learner', `'${rule}'`, show(learner))
  number(lambda, 'state.lambda', { nonnegative: true })
  number(trace, 'state.trace', { nonnegative: true })
  number(measurements, 'state.measurements', { integer: true, min: 0 })
  number(due, 'state.due', { integer: true, min: 0 })
  if ((measurement === null) !== (measurements === 0))
    refuse('state.measurement', measurements === 0 ? 'null' : 'the last measurement', show(measurement))
  if (measurement === null) return
  const { rate, momentum, bulk, count } = options(measurement, 'state.measurement')
  number(rate, 'state.measurement.rate', { nonnegative: true })
  number(momentum, 'state.measurement.momentum', { min: 0, max: 1 })
  number(measurement.lambda, 'state.measurement.lambda', { positive: true })
  number(measurement.trace, 'state.measurement.trace', { positive: true })
  number(bulk, 'state.measurement.bulk', { positive: true })
  number(count, 'state.measurement.count', { integer: true, min: 1 })
}
