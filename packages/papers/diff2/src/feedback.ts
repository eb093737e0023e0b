import { number, options as optionsOf } from '@opt/core'
import { plan } from './schedule.ts'
import type { ScheduleOptions } from './schedule-options.ts'

/** What the feedback number depends on. */
export interface FeedbackOptions {
  /** eta */
  learningRate: number
  /** C2 */
  clipDifference: number
  /** Delta(1), as `sensitivity` returns it. */
  sensitivity: number
  /** s2, the noise multiplier of differences; Infinity or anything else with restart 1. */
  multiplier: number
  /** d, the number of parameters. */
  size: number
  /** T */
  restart: number
}

/**
 * Returns the feedback number F = eta C2 Delta(1) s2 sqrt(d T): the noise that the estimate v gains over the T rounds of a
 * stage, as a share of |v|. Above about 1/4 the noise of differences, which is proportional to the steps, feeds on itself:
 * lower the learning rate or T. With T = 1 there are no differences, and F = 0.
 *
 * @throws TypeError or RangeError for options that are not positive numbers.
 */
export function feedbackNumber(options: FeedbackOptions): number {
  const names = ['learningRate', 'clipDifference', 'sensitivity', 'multiplier', 'size', 'restart'] as const
  const { restart, ...rest } = optionsOf(options, 'feedbackNumber: options', names)
  number(restart, 'feedbackNumber: options.restart', { integer: true, min: 1 })
  if (restart === 1) return 0
  for (const [name, value] of Object.entries(rest)) number(value, `feedbackNumber: options.${name}`, { positive: true })
  const { learningRate, clipDifference, sensitivity, multiplier, size } = rest
  return learningRate * clipDifference * sensitivity * multiplier * Math.sqrt(size * restart)
}

/** Options of {@link suggestRestart}. */
export interface RestartOptions
  extends Pick<ScheduleOptions, 'epsilon' | 'delta' | 'rounds' | 'share'>,
    Pick<FeedbackOptions, 'learningRate' | 'clipDifference' | 'sensitivity' | 'size'> {}

const RESTART_OPTIONS = [
  'epsilon',
  'delta',
  'rounds',
  'share',
  'learningRate',
  'clipDifference',
  'sensitivity',
  'size',
] as const

/**
 * Returns the largest T, at most the number of rounds, for which the {@link feedbackNumber} of a run of DIFF2-GD is 1/4 or
 * less.
 *
 * @throws TypeError or RangeError for wrong options.
 */
export function suggestRestart(options: RestartOptions): number {
  const given = optionsOf(options, 'suggestRestart: options', RESTART_OPTIONS)
  const { epsilon, delta, rounds, share, learningRate, clipDifference, sensitivity, size } = given
  for (const [name, value] of Object.entries({ learningRate, clipDifference, sensitivity, size }))
    number(value, `suggestRestart: options.${name}`, { positive: true })
  const feedback = (restart: number): number => {
    const { multipliers } = plan({ epsilon, delta, rounds, restart, share }, 'suggestRestart: options.')
    const multiplier = multipliers.difference
    return feedbackNumber({ learningRate, clipDifference, sensitivity, size, restart, multiplier })
  }
  feedback(1)
  // F grows with T: both T and the number of differences do.
  let [low, high] = [1, rounds + 1]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (feedback(middle) <= 0.25) low = middle
    else high = middle
  }
  return low
}
