import {
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  type Random,
  type Report,
  random,
  type Solver,
  solver,
  options as takeOptions,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { takeRandom } from './arguments.ts'
import { ConvexReluNetwork } from './estimator.ts'
import type { ConvexReluNetworkOptions } from './estimator-options.ts'

/** Options of {@link crossValidateBeta}: those of the network, and these. */
export interface CrossValidationOptions extends Omit<ConvexReluNetworkOptions, 'beta' | 'tolerance' | 'maxIterations'> {
  /** Weight decays to choose from (default 1e-3, 1e-2, 1e-1, 1, 10). */
  betas?: VectorLike
  /** Default 5. */
  folds?: number
  /** Deals the rows out, and draws the patterns (default random(0)). */
  random?: Random
  /** Of each fit, as in {@link ConvexReluNetworkOptions}. */
  fit?: { tolerance?: number; maxIterations?: number }
}

/** One fit: what a progress bar shows. */
export interface CrossValidationReport extends Report {
  fold: number
  beta: number
  /** On the fold left out. */
  score: number
  /** Share of the work done, 0 to 1. */
  done: number
}

/** Answer of {@link crossValidateBeta}. */
export interface CrossValidation {
  /** The weight decay with the best mean score, the larger of equals. */
  beta: number
  /** Mean and deviation of the score over folds, in the order of `betas`. */
  scores: { beta: number; mean: number; deviation: number }[]
}

/**
 * Chooses the weight decay by cross-validation: accuracy for classifiers (folds hold their share of every class), R^2 for
 * regressions. `onProgress` hears of every fit; `crossValidateBeta.async` gives way to the event loop between them.
 *
 * @param X n x d.
 * @param y n values or labels.
 */
export const crossValidateBeta: Solver<
  [X: MatrixLike, y: VectorLike, options: CrossValidationOptions],
  CrossValidationReport,
  CrossValidation
> = solver(
  'crossValidateBeta',
  function* (
    X: MatrixLike,
    y: VectorLike,
    given: CrossValidationOptions,
  ): Generator<CrossValidationReport, CrossValidation, boolean> {
    const { betas = [1e-3, 1e-2, 1e-1, 1, 10], folds = 5, random: chance = random(0), fit, ...options } = given
    const x = matrix(X, 'X')
    const n = x.shape[0]
    const targets = vector(y, 'y', { length: n })
    takeRandom(chance, 'random')
    const fitting = fit === undefined ? {} : takeOptions(fit, 'fit')
    const decays = vector(betas, 'betas', { sign: 'nonnegative' })
    number(folds, 'folds', { integer: true, min: 2, max: n })
    const { isClassifier } = new ConvexReluNetwork(networkOptions(options))
    const fold = deal(targets, folds, chance, isClassifier)
    const scores = Array.from(decays, () => [] as number[])
    const total = folds * decays.length
    let told = false
    for (let k = 0; k < folds && !told; k++)
      for (let b = 0; b < decays.length && !told; b++) {
        const [train, test] = [rows(x, targets, (i) => fold[i] !== k), rows(x, targets, (i) => fold[i] === k)]
        const network = new ConvexReluNetwork({
          ...networkOptions(options),
          ...fitting,
          beta: decays[b],
          random: chance.split(),
        })
        const score = network.fit(train.x, train.y).score(test.x, test.y)
        scores[b].push(score)
        told = yield { fold: k, beta: decays[b], score, done: (k * decays.length + b + 1) / total }
      }
    const summary = scores.map((list, b) => ({ beta: decays[b], ...spread(list) }))
    const best = summary.reduce((a, b) => (b.mean > a.mean || (b.mean === a.mean && b.beta > a.beta) ? b : a))
    return { beta: best.beta, scores: summary }
  },
  { maxIterations: 1_000_000 },
)

/** The driver's own options are for the cross-validation, not for each fit. */
function networkOptions(options: object): ConvexReluNetworkOptions {
  const { loss, task, patterns, epsilon, perturbed, standardize, intercept, rho } = options as ConvexReluNetworkOptions
  const all = { loss, task, patterns, epsilon, perturbed, standardize, intercept, rho }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** A fold for every row: rows in random order, by class for a classifier, are dealt out like cards. */
function deal(y: Float64Array, folds: number, chance: Random, byClass: boolean): Int32Array {
  const order = [...chance.permutation(y.length)]
  if (byClass) order.sort((i, j) => y[i] - y[j])
  const fold = new Int32Array(y.length)
  for (const [place, i] of order.entries()) fold[i] = place % folds
  return fold
}

function rows(x: Matrix, y: Float64Array, keep: (i: number) => boolean): { x: Matrix; y: Float64Array } {
  const d = x.shape[1]
  const chosen = [...y.keys()].filter(keep)
  const data = new Float64Array(chosen.length * d)
  for (const [k, i] of chosen.entries()) data.set(x.data.subarray(i * d, (i + 1) * d), k * d)
  return { x: ndarray(data, [chosen.length, d]), y: Float64Array.from(chosen, (i) => y[i]) }
}

function spread(list: number[]): { mean: number; deviation: number } {
  if (list.length === 0) return { mean: -Infinity, deviation: 0 }
  const mean = list.reduce((sum, v) => sum + v, 0) / list.length
  return { mean, deviation: Math.sqrt(list.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / list.length) }
}
