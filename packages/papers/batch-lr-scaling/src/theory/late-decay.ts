import { number } from '@opt/core'

/**
 * Returns the factors of the paper's runs for RateLearner's option `decay`: 1 for the first half of the steps, then
 * linearly down to 0.01 at nine tenths, then 0.01.
 *
 * @param steps of the whole run, a positive integer.
 * @throws TypeError or RangeError when steps is none.
 */
export function lateDecay(steps: number): (step: number) => number {
  number(steps, 'lateDecay: steps', { integer: true, min: 1 })
  return (step) => {
    const done = number(step, 'lateDecay: step', { nonnegative: true }) / steps
    if (done <= 0.5) return 1
    return done >= 0.9 ? 0.01 : 1 - (0.99 * (done - 0.5)) / 0.4
  }
}
