import { cos, number, oneOf, options as optionsOf, pow, type VectorLike, vector, vectorCopy } from '@opt/core'
import { finite } from './weights.ts'

/** The shapes that {@link schedule} knows. */
export type ScheduleName = 'flat' | 'inverse' | 'inverse-sqrt' | 'step' | 'cosine' | 'linear' | 'poly'

/** Options of {@link schedule}. */
export interface ScheduleOptions {
  /** T: number of steps. */
  steps: number
  /** Fraction of the steps with a linear warm-up, 0 to 1. Default 0. */
  warmup?: number | undefined
  /** The exponent of 'poly'. Default 1. */
  power?: number | undefined
  /** Fractions of the rest at which 'step' divides by ten, each 0 to 1. Default [1/3, 2/3]. */
  milestones?: VectorLike | undefined
}

const NAMES: ScheduleName[] = ['flat', 'inverse', 'inverse-sqrt', 'step', 'cosine', 'linear', 'poly']

/**
 * Returns a classical schedule with peak 1. With W = floor(warmup T + 1/2) and u = (t - W) / (T - W), step t = 0, 1, ...
 * has (t + 1) / W before W and then 1 ('flat'), 1 / (1 + t - W) ('inverse'), its square root ('inverse-sqrt'),
 * 1/10 for each milestone <= u ('step'), (1 + cos(pi u)) / 2 ('cosine'), 1 - u ('linear') or (1 - u)^power ('poly').
 *
 * @returns T learning rates; multiply them by the peak.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function schedule(name: ScheduleName, options: ScheduleOptions): Float64Array {
  oneOf(name, 'schedule: name', NAMES)
  const {
    steps,
    warmup = 0,
    power = 1,
    milestones = [1 / 3, 2 / 3],
  } = optionsOf(options, 'schedule: options', ['steps', 'warmup', 'power', 'milestones'])
  const T = number(steps, 'schedule: steps', { integer: true, min: 1, max: MOST_STEPS })
  number(warmup, 'schedule: warmup', { min: 0, max: 1 })
  number(power, 'schedule: power', { positive: true })
  const drops = vector(milestones, 'schedule: milestones')
  for (let i = 0; i < drops.length; i++) number(drops[i], `schedule: milestones[${i}]`, { min: 0, max: 1 })

  const W = warmupSteps(T, warmup)
  const after: Record<ScheduleName, (t: number, u: number) => number> = {
    flat: () => 1,
    inverse: (t) => 1 / (1 + t - W),
    'inverse-sqrt': (t) => 1 / Math.sqrt(1 + t - W),
    step: (_, u) => drops.reduce((rate, milestone) => (milestone <= u ? rate / 10 : rate), 1),
    cosine: (_, u) => (1 + cos(Math.PI * u)) / 2,
    linear: (_, u) => 1 - u,
    poly: (_, u) => pow(1 - u, power),
  }
  const shape = after[name]
  const values = new Float64Array(T)
  for (let t = 0; t < T; t++) values[t] = t < W ? (t + 1) / W : shape(t, (t - W) / (T - W))
  return values
}

/** The number of steps of the warm-up of a schedule. */
export const warmupSteps = (T: number, warmup: number): number => Math.floor(warmup * T + 0.5)

/** Constants of the problem for {@link linearDecay}. */
export interface WorstCase {
  /** D: the distance from the first point to the minimiser. */
  distance: number
  /** G: no gradient is longer. */
  lipschitz: number
}

/**
 * Returns the linear decay of the theory: 1 - t/T for t = 1, ..., T, so that the first learning rate is 1 - 1/T and the
 * last one 0; `schedule('linear', ...)` has the same values one step later. With D and G they are multiplied by
 * D / (G sqrt T): then f(x_T) - f* <= D G / sqrt T for every convex f, and no other method of T subgradients can
 * promise less.
 *
 * @param steps T.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function linearDecay(steps: number, worstCase?: WorstCase): Float64Array {
  const T = number(steps, 'linearDecay: steps', { integer: true, min: 1, max: MOST_STEPS })
  let rate = 1
  if (worstCase !== undefined) {
    const { distance, lipschitz } = optionsOf(worstCase, 'linearDecay: worstCase', ['distance', 'lipschitz'])
    number(distance, 'linearDecay: distance', { positive: true })
    number(lipschitz, 'linearDecay: lipschitz', { positive: true })
    rate = finite(distance / lipschitz / Math.sqrt(T), 'linearDecay: distance')
  }
  const values = new Float64Array(T)
  for (let t = 0; t < T; t++) values[t] = rate * (1 - (t + 1) / T)
  return values
}

/**
 * Returns a schedule as the function of the step, from 0, that optimizers take as their learning rate. Beyond the last
 * step it keeps the last value. The values are copied.
 *
 * @param peak multiplies the values. Default 1.
 * @throws TypeError or RangeError when a value is negative or an argument is wrong; the function throws for a step that is
 *   no integer >= 0.
 */
export function asFunction(values: VectorLike, peak = 1): (step: number) => number {
  const rates = vectorCopy(values, 'asFunction: values', { sign: 'nonnegative' })
  number(peak, 'asFunction: peak', { nonnegative: true })
  for (let t = 0; t < rates.length; t++) rates[t] = finite(peak * rates[t], 'asFunction: peak')
  return (step) => rates[Math.min(number(step, 'asFunction: step', { integer: true, min: 0 }), rates.length - 1)]
}

/** More would not fit into memory. */
const MOST_STEPS = 1e8
