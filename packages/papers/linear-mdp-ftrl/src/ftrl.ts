import { calling, exp, log, number, oneOf, options as optionsOf, refuse, type VectorLike, vector } from '@opt/core'
import { checkSum, distribution, shapeOf, type TableLike, table } from './intake.ts'

export const REGULARIZERS = ['logBarrier', 'negativeEntropy'] as const

/** Psi: the log barrier -sum ln p, or the negative entropy sum p ln p. */
export type Regularizer = (typeof REGULARIZERS)[number]

/** Writes the minimiser over the simplex of learningRate <p, c> + Psi(p), c the n numbers from `at` on. */
export type Step = (n: number, c: Float64Array, at: number, learningRate: number, out: Float64Array, to: number) => void

/**
 * p = 1 / (g + s) with g = eta (c - min c) and s in [1, n], the root of 1 / sum 1/(g + s) = 1. Newton's method rises
 * to it from s = 1, as the left side is concave in s.
 */
export const logBarrierStep: Step = (n, c, at, learningRate, out, to) => {
  let least = c[at]
  for (let i = 1; i < n; i++) if (c[at + i] < least) least = c[at + i]
  for (let i = 0; i < n; i++) out[to + i] = learningRate * (c[at + i] - least)
  let s = 1
  for (let before = 0; s > before; ) {
    let f = 0
    let f2 = 0
    for (let i = 0; i < n; i++) {
      const p = 1 / (out[to + i] + s)
      f += p
      f2 += p * p
    }
    before = s
    s += ((1 - 1 / f) * f * f) / f2
  }
  let total = 0
  for (let i = 0; i < n; i++) total += out[to + i] = 1 / (out[to + i] + s)
  for (let i = 0; i < n; i++) out[to + i] /= total
}

export const entropyStep: Step = (n, c, at, learningRate, out, to) => {
  let least = c[at]
  for (let i = 1; i < n; i++) if (c[at + i] < least) least = c[at + i]
  let total = 0
  for (let i = 0; i < n; i++) total += out[to + i] = exp(-learningRate * (c[at + i] - least))
  for (let i = 0; i < n; i++) out[to + i] /= total
}

export const stepOf = (regularizer: Regularizer): Step => (regularizer === 'logBarrier' ? logBarrierStep : entropyStep)

/** Options of {@link ftrlStep}. */
export interface FtrlOptions {
  /** Default 'logBarrier'. */
  regularizer?: Regularizer
  /** eta, positive. */
  learningRate: number
}

/**
 * Returns one step of follow the regularised leader: the minimiser over the simplex of eta <p, losses> + Psi(p),
 * exact to the last bits.
 *
 * @param losses the sum of all losses so far of each action; any finite numbers.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function ftrlStep(losses: VectorLike, options: FtrlOptions): Float64Array {
  return calling('ftrlStep', () => {
    const c = vector(losses, 'losses')
    const { regularizer = 'logBarrier', learningRate } = optionsOf(options, 'options', ['regularizer', 'learningRate'])
    oneOf(regularizer, 'regularizer', REGULARIZERS)
    number(learningRate, 'learningRate', { positive: true })
    const out = new Float64Array(c.length)
    stepOf(regularizer)(c.length, c, 0, learningRate, out, 0)
    return out
  })
}

/** Argument of {@link ftrlBound}. */
export interface FtrlPlays {
  /** p_k, the points played: K x n. */
  plays: TableLike
  /** c_k, the losses: K x n. Any finite numbers: the log barrier's bounds need no lower bound on them. */
  losses: TableLike
  /** u, a point of the simplex; positive in all entries for the log barrier's bounds to be finite. */
  comparator: VectorLike
  /** Default 'logBarrier'. */
  regularizer?: Regularizer
  learningRate: number
}

/** What {@link ftrlBound} returns. */
export interface FtrlBound {
  /** sum <p_k - u, c_k>. */
  regret: number
  /** (Psi(u) - Psi(p_1)) / eta + (eta / 2) sum_k sum_a p c^2; with eta in the place of eta / 2 for the entropy. */
  secondMoment: number
  /** The log barrier's with the variance of c_k under p_k in the place of its second moment; undefined for the entropy. */
  variance: number | undefined
}

/**
 * Returns the regret of a run of {@link ftrlStep} and its bounds. The log barrier's hold for arbitrary losses, which
 * is what the refined analysis rests on; the entropy's, ln n / eta in front, needs eta c >= -1.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function ftrlBound(run: FtrlPlays): FtrlBound {
  return calling('ftrlBound', () => {
    const given = optionsOf(run, 'run', ['plays', 'losses', 'comparator', 'regularizer', 'learningRate'])
    const { regularizer = 'logBarrier', learningRate: eta } = given
    oneOf(regularizer, 'regularizer', REGULARIZERS)
    number(eta, 'learningRate', { positive: true })
    const shape = shapeOf(given.plays, 'plays', 2)
    const [rounds, n] = shape
    const plays = table(given.plays, 'plays', shape, { min: 0, max: 1 })
    for (let k = 0; k < rounds; k++) checkSum(plays.subarray(k * n, (k + 1) * n), `plays[${k}]`)
    const losses = table(given.losses, 'losses', shape)
    const logBarrier = regularizer === 'logBarrier'
    const u = distribution(given.comparator, 'comparator', { length: n, sign: logBarrier ? 'positive' : 'nonnegative' })
    let [regret, moments, variances] = [0, 0, 0]
    for (let k = 0; k < rounds; k++) {
      let [mean, moment] = [0, 0]
      for (let a = k * n; a < (k + 1) * n; a++) {
        mean += plays[a] * losses[a]
        moment += plays[a] * losses[a] * losses[a]
        regret += (plays[a] - u[a - k * n]) * losses[a]
      }
      moments += moment
      variances += moment - mean * mean
    }
    let start = log(n) / eta
    if (logBarrier) start = u.reduce((total, p, a) => total + log(plays[a]) - log(p), 0) / eta
    const secondMoment = start + (logBarrier ? eta / 2 : eta) * moments
    if (!(Math.abs(secondMoment) < Infinity && Math.abs(regret) < Infinity))
      refuse('losses', 'such that the bound is finite', 'others, or a play of probability 0')
    return { regret, secondMoment, variance: logBarrier ? start + (eta / 2) * variances : undefined }
  })
}
