import { cos, number, type Random } from '@opt/core'
import type { Environment } from './environment.ts'
import { drawBase, onBox } from './on-box.ts'
import { checkArguments, checkNonnegative, checkRounds } from './options.ts'

/** Options of {@link environments}.slowShift. */
export interface SlowShiftOptions {
  rounds: number
  /** Sigma_t^2 is at most this. */
  epsilon: number
  /** Default 0. */
  sigma?: number
  /** Default 5. */
  pinned?: number
}

/**
 * A world that moves smoothly: the gradient of the free coordinate is cos(t sqrt epsilon).
 *
 * @throws TypeError or RangeError when an option is out of range.
 */
export function slowShift(rng: Random, options: SlowShiftOptions): Environment {
  const {
    rounds,
    epsilon,
    sigma = 0,
    pinned = 5,
  } = checkArguments(rng, options, 'slowShift', ['rounds', 'epsilon', 'sigma', 'pinned'])
  checkRounds(rounds, 'slowShift')
  number(epsilon, 'environments.slowShift: epsilon', { positive: true })
  checkNonnegative({ sigma, pinned }, 'slowShift')
  const base = drawBase(rng, 8, pinned)
  return onBox('slowShift', rng, base, { rounds, sigma }, (t, row) => {
    row[base.free] = -cos(t * Math.sqrt(epsilon))
  })
}

/** Options of {@link environments}.abruptShift. */
export interface AbruptShiftOptions {
  rounds: number
  /** Default 9, evenly spaced. */
  jumps?: number
  /** Default 0. */
  sigma?: number
  /** Default 5. */
  dimension?: number
}

/**
 * F_t = ||x - c_t||^2 / 2 on [-1, 1]^d; at each jump c_t moves to a random point of [-0.75, 0.75]^d.
 *
 * @throws TypeError or RangeError when an option is out of range.
 */
export function abruptShift(rng: Random, options: AbruptShiftOptions): Environment {
  const {
    rounds,
    jumps = 9,
    sigma = 0,
    dimension = 5,
  } = checkArguments(rng, options, 'abruptShift', ['rounds', 'jumps', 'sigma', 'dimension'])
  checkRounds(rounds, 'abruptShift')
  number(jumps, 'environments.abruptShift: jumps', { integer: true, min: 0, max: rounds - 1 })
  number(dimension, 'environments.abruptShift: dimension', { integer: true, min: 1 })
  checkNonnegative({ sigma }, 'abruptShift')
  const stages = Array.from({ length: jumps + 1 }, () =>
    Float64Array.from({ length: dimension }, () => rng.uniform(-0.75, 0.75)),
  )
  const ones = new Float64Array(dimension).fill(1)
  return onBox('abruptShift', rng, { curvature: ones, c: ones, dimension }, { rounds, sigma }, (t, row) => {
    row.set(stages[Math.floor(((t - 1) * stages.length) / rounds)])
  })
}
