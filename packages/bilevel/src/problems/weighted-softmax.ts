import { number, options as optionsOf } from '@opt/core'
import { Examples, type LabelledExamples, readExamples } from './examples.ts'
import { type CleaningProblem, hyperCleaning } from './hyper-cleaning.ts'
import { crossEntropy } from './row-loss.ts'
import type { CleaningOptions } from './weighted-logistic.ts'

/** Options of {@link weightedSoftmax}. */
export interface WeightedSoftmaxOptions extends CleaningOptions {
  /** How many classes there are; default one more than the largest label of both sets. */
  classes?: number | undefined
}

/**
 * Makes the hyper-cleaning problem of softmax regression: x holds one logit for each training example, y the
 * weights, features x classes, row-major, and g(x, y) = mean_i sigmoid(x_i) CE_i(y) + l2 ||y||^2 / 2; F is the mean
 * cross-entropy over validation examples, without weights.
 *
 * @param training examples with classes 0, 1, ... as labels.
 * @param validation clean examples, of the same features.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function weightedSoftmax(
  training: LabelledExamples,
  validation: LabelledExamples,
  options?: WeightedSoftmaxOptions,
): CleaningProblem {
  const name = 'weightedSoftmax: '
  const { l2 = 0.01, temperature = 1, classes } = optionsOf(options, `${name}options`, ['classes', 'l2', 'temperature'])
  number(l2, `${name}l2`, { nonnegative: true })
  number(temperature, `${name}temperature`, { positive: true })
  const first = readExamples(training, `${name}training`)
  const second = readExamples(validation, `${name}validation`, first.inputs.shape[1])
  const ours = classesOf(first.labels, `${name}training.labels`)
  const theirs = classesOf(second.labels, `${name}validation.labels`)
  const least = Math.max(2, ...[ours, theirs].map((labels) => 1 + labels.reduce((a, b) => Math.max(a, b), 0)))
  const count = number(classes ?? least, `${name}classes`, { integer: true, min: least, max: 65536 })
  return hyperCleaning({
    training: new Examples(first.inputs, ours, count, crossEntropy),
    validation: new Examples(second.inputs, theirs, count, crossEntropy),
    l2,
    temperature,
  })
}

const classesOf = (labels: Float64Array, label: string): Int32Array =>
  Int32Array.from(labels, (value, i) => number(value, `${label}[${i}]`, { integer: true, min: 0, max: 65535 }))
