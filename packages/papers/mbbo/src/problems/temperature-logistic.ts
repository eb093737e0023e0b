import { type LabelledExamples, weightedLogisticBlocks } from '@opt/bilevel'
import { type MatrixLike, matrix, number, options as optionsOf, type VectorLike, vector } from '@opt/core'
import type { MultiBlockProblem } from '../problem.ts'

/** Logistic regressions of several temperatures, which share a weight for each training example. */
export interface TemperatureLogistic extends MultiBlockProblem {
  /** Lengths of x, one logit of a weight for each training example, and of each y_i, the number of features. */
  readonly dimensions: { readonly x: number; readonly y: number }
  /** How many examples each level has, as {@link blockSampler} takes it. */
  readonly examples: { readonly upper: number; readonly lower: number }
  /** Returns the weights sigmoid(x) of the training examples, 0 to 1. */
  weights(x: VectorLike): Float64Array
  /** Returns the training examples by ascending weight: those whose labels are most likely wrong come first. */
  suspects(x: VectorLike): Int32Array
}

/**
 * Makes the problem of one set of example weights for logistic regressions of several temperatures:
 * g_i(x, y) = mean_j sigmoid(x_j) log(1 + exp(-label_j (a_j'y) / s_i)) + l2 ||y||^2 / 2, and F_i the mean loss over
 * validation examples at the same temperature s_i, without weights (Hu et al. 2023, section 5).
 *
 * @param training examples with labels 1 and -1, or 1 and 0; for an intercept, append a feature 1.
 * @param validation clean examples, of the same features.
 * @param temperatures s_i > 0, one for each block.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function temperatureLogistic(
  training: LabelledExamples,
  validation: LabelledExamples,
  temperatures: VectorLike,
  options?: { l2?: number | undefined },
): TemperatureLogistic {
  const name = 'temperatureLogistic: '
  const { l2 = 0.01 } = optionsOf(options, `${name}options`, ['l2'])
  number(l2, `${name}l2`, { positive: true })
  const all = vector(temperatures, `${name}temperatures`, { sign: 'positive' })
  const problems = weightedLogisticBlocks(training, validation, all, { l2 })
  const m = problems.length
  const { dimensions, weights } = problems[0]
  return {
    blocks: m,
    block: (i) => problems[number(i, 'block: i', { integer: true, min: 0, max: m - 1 })],
    dimensions,
    examples: { upper: matrix(validation.inputs as MatrixLike, 'validation.inputs').shape[0], lower: dimensions.x },
    weights,
    suspects(x) {
      const given = vector(x, 'suspects: x', { length: dimensions.x })
      return Int32Array.from(given.keys()).sort((i, j) => given[i] - given[j] || i - j)
    },
  }
}
