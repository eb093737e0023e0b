import { type Matrix, number, options, type Random, refuse, show } from '@opt/core'
import ndarray from 'ndarray'
import { box } from '../domains/box.ts'
import type { Environment } from './environment.ts'
import { quadratic } from './quadratic.ts'

/** Options of the multiscale world and its kin. */
export interface MultiscaleOptions {
  rounds: number
  /** Length of the noise in each gradient. Default 0. */
  sigma?: number
  /** How far the gradient jumps every round. Default 0. */
  alternation?: number
  /** Length of the constant gradient of the pinned coordinate: a large G without information. Default 30. */
  pinned?: number
  /** How many curved coordinates: 1, 1/2, 1/4, ... Default 8. */
  scales?: number
}

/** The expected losses before anything shifts: gradient A x - c. */
export interface Base {
  curvature: Float64Array
  c: Float64Array
  dimension: number
}

const sign = (rng: Random) => (rng.uniform() < 0.5 ? -1 : 1)

/** Curvatures 1, 1/2, ... with minimisers at +-0.9, a pinned flat coordinate, a free flat coordinate. */
export function base(rng: Random, scales: number, pinned: number): Base {
  const dimension = scales + 2
  const curvature = new Float64Array(dimension)
  const c = new Float64Array(dimension)
  for (let i = 0, a = 1; i < scales; i++, a /= 2) {
    curvature[i] = a
    c[i] = a * 0.9 * sign(rng)
  }
  c[scales] = pinned * sign(rng)
  return { curvature, c, dimension }
}

/** `rounds` vectors of length sigma in random directions. */
export function sphere(rng: Random, rounds: number, dimension: number, sigma: number): Float64Array {
  const xi = new Float64Array(rounds * dimension)
  if (sigma === 0) return xi
  for (let t = 0; t < rounds; t++) {
    let square = 0
    for (let i = 0; i < dimension; i++) {
      const z = rng.normal()
      xi[t * dimension + i] = z
      square += z * z
    }
    const scale = sigma / Math.sqrt(square)
    for (let i = 0; i < dimension; i++) xi[t * dimension + i] *= scale
  }
  return xi
}

/** A matrix of so many columns. */
export const rowsOf = (data: Float64Array, columns: number): Matrix => ndarray(data, [data.length / columns, columns])

export function checkRounds(rounds: unknown, name: string): number {
  number(rounds, `environments.${name}: rounds`, { integer: true, min: 1 })
  return number(rounds, `environments.${name}: rounds`, { max: 1e7 })
}

/** Checks the generator and options of an environment. */
export function checkArguments<O extends object>(rng: Random, given: O, name: string): O {
  for (const method of ['uniform', 'normal', 'integer', 'permutation', 'choice'] as const)
    if (typeof rng?.[method] !== 'function')
      refuse(`environments.${name}: rng`, 'a generator (see random of @opt/core)', show(rng), 'type')
  return options(given, `environments.${name}: options`)
}

export const atLeast0 = (value: unknown, name: string, option: string): number =>
  number(value, `environments.${name}: ${option}`, { nonnegative: true })

/** Shared by all that live on the box [-1, 1]^d: c_t = c + shift(t). */
export function onBox(
  name: string,
  rng: Random,
  { curvature, c, dimension }: Base,
  { rounds, sigma, G }: { rounds: number; sigma: number; G?: number },
  shift: (t: number, row: Float64Array) => void,
): Environment {
  const targets = new Float64Array(rounds * dimension)
  for (let t = 1; t <= rounds; t++) {
    const row = targets.subarray((t - 1) * dimension, t * dimension)
    row.set(c)
    shift(t, row)
  }
  return quadratic({
    name,
    domain: box({ dimension }),
    curvature,
    targets: rowsOf(targets, dimension),
    noise: rowsOf(sphere(rng, rounds, dimension, sigma), dimension),
    ...(G === undefined ? {} : { G }),
  })
}

/**
 * Quadratics on [-1, 1]^(scales + 2) with curvatures 1, 1/2, 1/4, ... and two flat coordinates: one pinned at its bound by a large constant
 * gradient, one whose gradient alternates between +-alternation/2. sigma_t = sigma and Sigma_t = alternation exactly.
 */
export function multiscale(rng: Random, given: MultiscaleOptions): Environment {
  const checked = checkArguments(rng, given, 'multiscale')
  const { rounds, sigma = 0, alternation = 0, pinned = 30, scales = 8 } = checked
  checkRounds(rounds, 'multiscale')
  number(scales, 'environments.multiscale: scales', { integer: true, min: 1, max: 500 })
  for (const [key, value] of Object.entries({ sigma, alternation, pinned })) atLeast0(value, 'multiscale', key)
  const world = base(rng, scales, pinned)
  const { curvature, c } = world
  const square = curvature.reduce((sum, a, i) => sum + (a + Math.abs(c[i])) * (a + Math.abs(c[i])), 0)
  const G = Math.sqrt(square + (alternation / 2) * (alternation / 2)) + sigma
  return onBox('multiscale', rng, world, { rounds, sigma, G }, (t, row) => {
    row[scales + 1] = t % 2 === 1 ? alternation / 2 : -alternation / 2
  })
}

/** Independent draws from one distribution: {@link multiscale} without alternation. Sigma2 = 0, sigma2 = T sigma^2. */
export function iid(rng: Random, given: Omit<MultiscaleOptions, 'alternation'>): Environment {
  checkArguments(rng, given, 'iid')
  return { ...multiscale(rng, { sigma: 1, ...given, alternation: 0 }), name: 'iid' }
}

/** An adversary without chance: {@link multiscale} without noise. sigma2 = 0, Sigma2 = sum sup ||grad f_t - grad f_{t-1}||^2. */
export function adversarial(rng: Random, given: Omit<MultiscaleOptions, 'sigma'>): Environment {
  checkArguments(rng, given, 'adversarial')
  return { ...multiscale(rng, { alternation: 1, ...given, sigma: 0 }), name: 'adversarial' }
}
