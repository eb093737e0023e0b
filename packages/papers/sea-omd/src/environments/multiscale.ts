import { number, type Random } from '@opt/core'
import type { Environment } from './environment.ts'
import { drawBase, onBox } from './on-box.ts'
import { checkArguments, checkNonnegative, checkRounds } from './options.ts'

/** Options of {@link environments}.multiscale, .iid and .adversarial. */
export interface MultiscaleOptions {
  rounds: number
  /** Length of the noise in each gradient. Default 0. */
  sigma?: number
  /** How far the gradient jumps every round. Default 0. */
  alternation?: number
  /** Length of the constant gradient of the pinned coordinate: a large G without information. Default 30. */
  pinned?: number
  /** The number of curved coordinates: 1, 1/2, 1/4, ... Default 8. */
  scales?: number
}

/**
 * Quadratics on [-1, 1]^(scales + 2) with curvatures 1, 1/2, 1/4, ... and two flat coordinates: one pinned at its
 * bound by a large constant gradient, one whose gradient alternates between +-alternation/2. sigma_t = sigma and
 * Sigma_t = alternation exactly.
 *
 * @throws TypeError or RangeError when an option is out of range.
 */
export function multiscale(rng: Random, options: MultiscaleOptions): Environment {
  const checked = checkArguments(rng, options, 'multiscale', ['rounds', 'sigma', 'alternation', 'pinned', 'scales'])
  const { rounds, sigma = 0, alternation = 0, pinned = 30, scales = 8 } = checked
  checkRounds(rounds, 'multiscale')
  number(scales, 'environments.multiscale: scales', { integer: true, min: 1, max: 500 })
  checkNonnegative({ sigma, alternation, pinned }, 'multiscale')
  const base = drawBase(rng, scales, pinned)
  const square = base.curvature.reduce((sum, a, i) => sum + (a + Math.abs(base.c[i])) * (a + Math.abs(base.c[i])), 0)
  const G = Math.sqrt(square + (alternation / 2) * (alternation / 2)) + sigma
  return onBox('multiscale', rng, base, { rounds, sigma, G }, (t, row) => {
    row[base.free] = t % 2 === 1 ? alternation / 2 : -alternation / 2
  })
}

/** Independent draws from one distribution: {@link multiscale} without alternation. Sigma2 = 0, sigma2 = T sigma^2. */
export function iid(rng: Random, options: Omit<MultiscaleOptions, 'alternation'>): Environment {
  checkArguments(rng, options, 'iid', ['rounds', 'sigma', 'pinned', 'scales'])
  return { ...multiscale(rng, { sigma: 1, ...options, alternation: 0 }), name: 'iid' }
}

/**
 * A deterministic adversary: {@link multiscale} without noise. sigma2 = 0, Sigma2 = sum sup ||grad f_t - grad
 * f_{t-1}||^2.
 */
export function adversarial(rng: Random, options: Omit<MultiscaleOptions, 'sigma'>): Environment {
  checkArguments(rng, options, 'adversarial', ['rounds', 'alternation', 'pinned', 'scales'])
  return { ...multiscale(rng, { alternation: 1, ...options, sigma: 0 }), name: 'adversarial' }
}
