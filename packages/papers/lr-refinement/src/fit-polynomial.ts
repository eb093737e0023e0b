import { exp, log, number, options as optionsOf, refuse, type VectorLike, vector } from '@opt/core'
import { warmupSteps } from './schedules.ts'

/** The grid of {@link fitPolynomial}. */
export interface PolynomialGrid {
  /** Warm-up fractions to try, 0 to 1. Default 0, 0.01, ..., 0.6. */
  warmups?: VectorLike | undefined
  /** Powers to try, positive. Default 0.3, 0.35, ..., 4. */
  powers?: VectorLike | undefined
}

/** Answer of {@link fitPolynomial}. */
export interface PolynomialFit {
  /** Fraction of the steps with a linear warm-up. */
  warmup: number
  /** a: the schedule then decays as (1 - u)^a. */
  power: number
  /** Root of the mean squared difference to the given values. */
  rmse: number
}

/** Longer schedules are compared at so many steps, evenly spread. */
const COMPARED = 2000

/**
 * Finds the schedule `schedule('poly', { steps: T, warmup, power })` that is closest to given values, by least squares
 * over a grid; of equally close ones the first, by warm-up and then by power. So a refined schedule becomes two numbers.
 *
 * Schedules of more than 2000 steps are compared at 2000 of them.
 *
 * @param values T learning rates with peak 1, such as those of {@link refineSchedule}.
 * @throws TypeError or RangeError when an argument is wrong or a value exceeds 1e100.
 */
export function fitPolynomial(values: VectorLike, grid: PolynomialGrid = {}): PolynomialFit {
  const rates = vector(values, 'fitPolynomial: values', { sign: 'nonnegative' })
  const { warmups, powers } = optionsOf(grid, 'fitPolynomial: grid')
  const W = warmups === undefined ? spaced(0, 0.01, 61) : vector(warmups, 'fitPolynomial: warmups')
  const a = powers === undefined ? spaced(0.3, 0.05, 75) : vector(powers, 'fitPolynomial: powers', { sign: 'positive' })
  for (let i = 0; i < W.length; i++) number(W[i], `fitPolynomial: warmups[${i}]`, { min: 0, max: 1 })
  for (let t = 0; t < rates.length; t++)
    if (rates[t] > 1e100) refuse(`fitPolynomial: values[${t}]`, 'of at most 1e100', String(rates[t]))

  const T = rates.length
  const count = Math.min(T, COMPARED)
  const target = new Float64Array(count)
  const logs = new Float64Array(count)
  let best: PolynomialFit | undefined
  for (const warmup of W) {
    // log(1 - u) of the compared steps after the warm-up, whose own squares do not depend on the power.
    const rise = warmupSteps(T, warmup)
    let [n, warming] = [0, 0]
    for (let i = 0; i < count; i++) {
      const t = Math.floor((i * T) / count)
      const miss = rates[t] - (t + 1) / rise
      if (t < rise) warming += miss * miss
      else {
        target[n] = rates[t]
        logs[n++] = log(1 - (t - rise) / (T - rise))
      }
    }
    for (const power of a) {
      let squares = warming
      for (let i = 0; i < n; i++) {
        const miss = target[i] - exp(power * logs[i])
        squares += miss * miss
      }
      const rmse = Math.sqrt(squares / count)
      if (best === undefined || rmse < best.rmse) best = { warmup, power, rmse }
    }
  }
  return best!
}

/** first, first + step, ...: each a multiple of the step, rounded once. */
const spaced = (first: number, step: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => (Math.round(first / step) + i) / Math.round(1 / step))
