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
const COMPARED = 1000

/**
 * Finds the schedule `schedule('poly', { steps: T, warmup, power })` that is closest to given values, by least squares
 * over a grid; of equally close ones the first, by warm-up and then by power. So a refined schedule becomes two numbers.
 *
 * Schedules of more than 1000 steps are compared at 1000 of them.
 *
 * @param values T learning rates with peak 1, such as those of {@link refineSchedule}.
 * @throws TypeError or RangeError when an argument is wrong or a value exceeds 1e100.
 */
export function fitPolynomial(values: VectorLike, grid: PolynomialGrid = {}): PolynomialFit {
  const rates = vector(values, 'fitPolynomial: values', { sign: 'nonnegative' })
  const { warmups, powers } = optionsOf(grid, 'fitPolynomial: grid', ['warmups', 'powers'])
  const W = warmups === undefined ? spaced(0, 0.01, 61) : vector(warmups, 'fitPolynomial: warmups')
  const a = powers === undefined ? spaced(0.3, 0.05, 75) : vector(powers, 'fitPolynomial: powers', { sign: 'positive' })
  for (let i = 0; i < W.length; i++) number(W[i], `fitPolynomial: warmups[${i}]`, { min: 0, max: 1 })
  for (let t = 0; t < rates.length; t++)
    if (rates[t] > 1e100) refuse(`fitPolynomial: values[${t}]`, 'of at most 1e100', String(rates[t]))

  const T = rates.length
  const count = Math.min(T, COMPARED)
  const steps = Float64Array.from({ length: count }, (_, i) => Math.floor((i * T) / count))
  // 1 - u = (1 - t/T) / (1 - W/T), so the powers of 1 - t/T serve all warm-ups.
  const logs = steps.map((t) => log(1 - t / T))
  const decays = Array.from(a, (power) => logs.map((v) => exp(power * v)))
  let best: PolynomialFit | undefined
  for (const warmup of W) {
    const rise = warmupSteps(T, warmup)
    let [first, warming] = [0, 0]
    for (; first < count && steps[first] < rise; first++) {
      const miss = rates[steps[first]] - (steps[first] + 1) / rise
      warming += miss * miss
    }
    for (let k = 0; k < a.length; k++) {
      const decay = decays[k]
      const scale = rise < T ? exp(-a[k] * log(1 - rise / T)) : 0
      let squares = warming
      for (let i = first; i < count; i++) {
        const miss = rates[steps[i]] - scale * decay[i]
        squares += miss * miss
      }
      const rmse = Math.sqrt(squares / count)
      if (best === undefined || rmse < best.rmse) best = { warmup, power: a[k], rmse }
    }
  }
  return best!
}

/** first, first + step, ...: each a multiple of the step, rounded once. */
const spaced = (first: number, step: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => (Math.round(first / step) + i) / Math.round(1 / step))
