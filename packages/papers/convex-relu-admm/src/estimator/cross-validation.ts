import {
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  options as optionsOf,
  type Random,
  type Report,
  random,
  type Solver,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { checkRandom } from '../checks.ts'
import { ConvexReluNetwork } from './estimator.ts'
import type { ConvexReluNetworkOptions } from './estimator-options.ts'

/** Options of {@link crossValidateBeta}: those of the network, and these. */
export interface CrossValidationOptions extends Omit<ConvexReluNetworkOptions, 'beta' | 'tolerance' | 'maxIterations'> {
  /** Weight decays to choose from (default 1e-3, 1e-2, 1e-1, 1, 10). */
  betas?: VectorLike
  /** Number of folds (default 5). */
  folds?: number
  /** Assigns rows to folds, and draws the patterns (default random(0)). */
  random?: Random
  /** Of each fit, as in {@link ConvexReluNetworkOptions}. */
  fit?: { tolerance?: number; maxIterations?: number }
}

/** Report of {@link crossValidateBeta} after each fit. */
export interface CrossValidationReport extends Report {
  /** Index of the fold left out. */
  fold: number
  beta: number
  /** Accuracy or R^2 on that fold. */
  score: number
  /** Share of the work done, 0 to 1. */
  done: number
}

/** Answer of {@link crossValidateBeta}. */
export interface CrossValidation {
  /** The weight decay with the best mean score; the largest of equals. */
  beta: number
  /** Mean and standard deviation (divisor n) of the score over folds, in the order of `betas`. */
  scores: { beta: number; mean: number; deviation: number }[]
}

/**
 * Chooses the weight decay by cross-validation: by accuracy for classifiers (every fold has its
 * share of each class), by R^2 for regressions. Reports after every fit; `crossValidateBeta.async`
 * yields to the event loop between fits.
 *
 * @param X n x d.
 * @param y n values or labels.
 * @throws TypeError or RangeError that names the invalid argument.
 */
export const crossValidateBeta: Solver<
  [X: MatrixLike, y: VectorLike, options: CrossValidationOptions],
  CrossValidationReport,
  CrossValidation
> = solver(
  'crossValidateBeta',
  function* (X, y, given) {
    const { betas = [1e-3, 1e-2, 1e-1, 1, 10], folds = 5, random: rng = random(0), fit, ...options } = given
    const x = matrix(X, 'X')
    const n = x.shape[0]
    const targets = vector(y, 'y', { length: n })
    checkRandom(rng, 'random')
    const fitting = optionsOf(fit ?? {}, 'fit')
    const decays = vector(betas, 'betas', { sign: 'nonnegative' })
    number(folds, 'folds', { integer: true, min: 2, max: n })
    const shared = networkOptions(options)
    const fold = assignFolds(targets, folds, rng, new ConvexReluNetwork(shared).isClassifier)
    const scores = Array.from(decays, () => [] as number[])
    const total = folds * decays.length
    let stop = false
    for (let k = 0; k < folds && !stop; k++)
      for (let b = 0; b < decays.length && !stop; b++) {
        const train = rowsWhere(x, targets, (i) => fold[i] !== k)
        const test = rowsWhere(x, targets, (i) => fold[i] === k)
        const network = new ConvexReluNetwork({ ...shared, ...fitting, beta: decays[b], random: rng.split() })
        const score = network.fit(train.x, train.y).score(test.x, test.y)
        scores[b].push(score)
        const done = (k * decays.length + b + 1) / total
        const report: CrossValidationReport = { fold: k, beta: decays[b], score, done }
        stop = yield report
      }
    const summary = scores.map((list, b) => ({ beta: decays[b], ...meanAndDeviation(list) }))
    const best = summary.reduce((a, b) => (b.mean > a.mean || (b.mean === a.mean && b.beta > a.beta) ? b : a))
    return { beta: best.beta, scores: summary }
  },
  {
    maxIterations: 1_000_000,
    options: [
      'betas',
      'folds',
      'random',
      'fit',
      'epsilon',
      'perturbed',
      'patterns',
      'loss',
      'rho',
      'task',
      'standardize',
      'intercept',
    ],
  },
)

/** Leaves out the driver's options: they are for the cross-validation, not for each fit. */
function networkOptions(options: ConvexReluNetworkOptions): ConvexReluNetworkOptions {
  const { loss, task, patterns, epsilon, perturbed, standardize, intercept, rho } = options
  return { loss, task, patterns, epsilon, perturbed, standardize, intercept, rho }
}

/** Returns the fold of every row: rows in random order, sorted by class for a classifier, go to the folds in turn. */
function assignFolds(y: Float64Array, folds: number, rng: Random, byClass: boolean): Int32Array {
  const order = [...rng.permutation(y.length)]
  if (byClass) order.sort((i, j) => y[i] - y[j])
  const fold = new Int32Array(y.length)
  for (const [place, i] of order.entries()) fold[i] = place % folds
  return fold
}

function rowsWhere(x: Matrix, y: Float64Array, wanted: (i: number) => boolean): { x: Matrix; y: Float64Array } {
  const d = x.shape[1]
  const chosen = [...y.keys()].filter(wanted)
  const data = new Float64Array(chosen.length * d)
  for (const [k, i] of chosen.entries()) data.set(x.data.subarray(i * d, (i + 1) * d), k * d)
  return { x: ndarray(data, [chosen.length, d]), y: Float64Array.from(chosen, (i) => y[i]) }
}

function meanAndDeviation(list: number[]): { mean: number; deviation: number } {
  if (list.length === 0) return { mean: -Infinity, deviation: 0 }
  const mean = list.reduce((sum, v) => sum + v, 0) / list.length
  return { mean, deviation: Math.sqrt(list.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / list.length) }
}
