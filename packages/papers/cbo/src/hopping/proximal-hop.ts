import {
  callback,
  calling,
  log,
  number,
  options as optionsOf,
  type Random,
  refuse,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { Evaluation } from '../cloud/evaluation.ts'
import type { NormalSource } from '../cloud/normals.ts'
import { Sample } from './sample.ts'

/** Options of {@link proximalHop}. */
export interface ProximalHopOptions {
  /** The step size: the hop tends to argmin f(y) + |y - x|^2 / (2 tau) as alpha and N grow. */
  tau: number
  /** Sharpness; the points have the standard deviation sqrt(tau / alpha). Default 100. */
  alpha?: number | undefined
  /** N. Default 200. */
  particles?: number | undefined
  /** A seed, a generator to split this hop's own from, or recorded normals. Default 0. */
  random?: number | Random | NormalSource | undefined
}

/** Answer of {@link proximalHop}. */
export interface ProximalHop {
  /** Where the hop ends. */
  x: Float64Array
  /** (mu - x) / tau: an estimate, without derivatives, of the smoothed objective's gradient at the start mu. */
  gradient: Float64Array
  /** An estimate of the smoothed objective at the start: the free energy of the points. */
  smoothedObjective: number
  effectiveSampleSize: number
  /** sqrt(trace of the points' weighted covariance / effective sample size): the sampling error of x, when ESS >> 1. */
  samplingError: number
  /** The hop's length over that of the farthest points to be expected, s sqrt(2 log N): near 1 it was cut short. */
  reach: number
}

/**
 * Takes one soft proximal step: the consensus of N points about x is a step of tau along the gradient of the smoothed
 * objective F(mu) = -log E exp(-alpha f(mu + s xi)) / alpha with tau = alpha s^2, and near the proximal point of f.
 * With the answer comes what tells how far to trust it: the sampling error while many points decide; where few do, the
 * direction alone counts.
 *
 * @param f its values of NaN and Infinity have weight 0.
 * @param x the start; not changed.
 * @throws TypeError or RangeError that names the wrong argument; RangeError when f is NaN or Infinity at every point.
 */
export function proximalHop(f: (x: Float64Array) => number, x: VectorLike, given: ProximalHopOptions): ProximalHop {
  return calling('proximalHop', () => {
    const {
      tau,
      alpha = 100,
      particles = 200,
      random = 0,
    } = optionsOf(given, 'options', ['tau', 'alpha', 'particles', 'random'])
    number(tau, 'tau', { positive: true })
    number(alpha, 'alpha', { positive: true })
    const N = number(particles, 'particles', { integer: true, min: 1, max: 67_108_864 })
    callback(f, 'f')
    const mu = vectorCopy(x, 'x')
    const width = Math.sqrt(tau / alpha)
    const sample = new Sample(N, mu.length, random, undefined)
    const evaluation = new Evaluation(f, undefined)
    sample.draw(mu, width, undefined)
    const next = mu.slice()
    const { done } = sample.agree(evaluation, 0, alpha, next).next()
    if (!done) throw new TypeError('proximalHop: f must return numbers, not promises')
    if (sample.effectiveSampleSize === 0) refuse('f', 'below Infinity at some point', `NaN or Infinity at each of ${N}`)
    return {
      x: next,
      gradient: mu.map((v, j) => (v - next[j]) / tau),
      smoothedObjective: sample.freeEnergy,
      effectiveSampleSize: sample.effectiveSampleSize,
      ...measures(sample, mu, next, width),
    }
  })
}

function measures(
  { N, points, weights, effectiveSampleSize }: Sample,
  mu: Float64Array,
  x: Float64Array,
  width: number,
): Pick<ProximalHop, 'samplingError' | 'reach'> {
  let trace = 0
  for (let i = 0; i < N; i++)
    for (let j = 0; j < x.length; j++) trace += weights[i] * (points[i][j] - x[j]) * (points[i][j] - x[j])
  let square = 0
  for (let j = 0; j < x.length; j++) square += ((x[j] - mu[j]) / width) * ((x[j] - mu[j]) / width)
  return {
    samplingError: Math.sqrt(trace / effectiveSampleSize),
    reach: N === 1 ? 1 : Math.sqrt(square / (2 * log(N))),
  }
}
