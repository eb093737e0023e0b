import { number, options as optionsOf, type VectorLike, vector } from '@opt/core'
import { medianFilter } from './median-filter.ts'
import { stepsFromWeights } from './steps-from-weights.ts'
import { inversePowers } from './weights.ts'

/** Options of {@link refineSchedule}. */
export interface RefineOptions {
  /** tau: width of the median filter as a fraction of the run, in (0, 1]. Default 0.1. */
  smoothing?: number | undefined
  /** p: 2 for SGD with l2 norms (default), 1 for Adam and its kin with l1 or weighted l1 norms. */
  power?: number | undefined
  /** The largest learning rate of the schedule. Default 1: multiply the schedule by a tuned rate. */
  peak?: number | undefined
  /**
   * Smoothed norms below this fraction of their median are raised to it, 0 to 1. Default 0: norms are taken as they
   * are, and a smoothed norm of 0 is refused.
   */
  floor?: number | undefined
}

/** Answer of {@link refineSchedule}. */
export interface RefinedSchedule {
  /** eta_1, ..., eta_T, the learning rate of each step, scaled to the given peak; the last one is 0. */
  values: Float64Array
  /** S_1, ..., S_T: the norms after the median filter and the floor. */
  smoothed: Float64Array
  /** w_1, ..., w_T up to a common factor: the largest is 1. */
  weights: Float64Array
  /** Width of the median filter, in steps. */
  width: number
  /** Index of the largest learning rate. */
  peakStep: number
  /** S_1 / S_T: how far the gradient fell. */
  decay: number
  /**
   * 'vanishing-norms' if the gradient fell more than tenfold: if the problem is solved exactly, the weights explode at
   * the end of the run, and linear decay is the better schedule. After a transient start there is nothing wrong.
   */
  warning?: 'vanishing-norms'
}

/**
 * Refines a learning rate schedule from the gradient norms that one run has logged, for a second run: the weights
 * w_t = S_t^-p, S the smoothed norms, minimise the worst-case bound of the run's last iterate, and
 * eta_t = w_t w_{t+1:T} / w_{1:T} are their learning rates. Warm-up and annealing come out of the formula
 * (Defazio, Cutkosky, Mehta and Mishchenko 2023, "schedule refinement").
 *
 * @param norms the T gradient norms of a finished run, by step, from the batches that the second run will use; linear
 *   decay is a good first run. Not changed.
 * @throws TypeError or RangeError when an argument is wrong, or names the step at which a smoothed norm is 0.
 */
export function refineSchedule(norms: VectorLike, options: RefineOptions = {}): RefinedSchedule {
  const {
    smoothing = 0.1,
    power = 2,
    peak = 1,
    floor = 0,
  } = optionsOf(options, 'refineSchedule: options', ['smoothing', 'power', 'peak', 'floor'])
  const G = vector(norms, 'refineSchedule: norms', { sign: 'nonnegative' })
  number(smoothing, 'refineSchedule: smoothing', { positive: true, max: 1 })
  number(power, 'refineSchedule: power', { positive: true })
  number(peak, 'refineSchedule: peak', { positive: true })
  number(floor, 'refineSchedule: floor', { min: 0, max: 1 })

  const T = G.length
  const width = 2 * Math.floor(Math.floor(smoothing * T) / 2) + 1
  const smoothed = medianFilter(G, width)
  if (floor > 0) raise(smoothed, floor)
  const weights = inversePowers(smoothed, power, 'refineSchedule: smoothed')
  const values = stepsFromWeights(weights)

  let peakStep = 0
  for (let t = 1; t < T; t++) if (values[t] > values[peakStep]) peakStep = t
  const largest = values[peakStep]
  if (largest > 0) for (let t = 0; t < T; t++) values[t] = peak * (values[t] / largest)

  const decay = Math.min(smoothed[0] / smoothed[T - 1], Number.MAX_VALUE)
  const refined: RefinedSchedule = { values, smoothed, weights, width, peakStep, decay }
  if (decay > 10) refined.warning = 'vanishing-norms'
  return refined
}

/** Raises entries below a fraction of the median, in place. */
function raise(x: Float64Array, fraction: number): void {
  const least = fraction * x.slice().sort()[x.length >> 1]
  for (let t = 0; t < x.length; t++) x[t] = Math.max(x[t], least)
}
