import { number, options as optionsOf, refuse, show, vector } from '@opt/core'
import { Examples, type LabelledExamples, readExamples } from './examples.ts'
import { type CleaningProblem, hyperCleaning } from './hyper-cleaning.ts'
import { logistic } from './row-loss.ts'

/** Options of hyper-cleaning problems. */
export interface CleaningOptions {
  /** mu in the lower level's term mu ||y||^2 / 2. Default 0.01. */
  l2?: number | undefined
  /** Divides the scores of both levels. Default 1. */
  temperature?: number | undefined
}

/**
 * Makes the hyper-cleaning problem of logistic regression: x holds one logit for each training example, and
 * g(x, y) = mean_i sigmoid(x_i) log(1 + exp(-label_i (a_i'y) / temperature)) + l2 ||y||^2 / 2;
 * F is the mean loss over validation examples at the same temperature, without weights.
 *
 * @param training examples with labels 1 and -1, or 1 and 0.
 * @param validation clean examples, of the same features.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function weightedLogistic(
  training: LabelledExamples,
  validation: LabelledExamples,
  options?: CleaningOptions,
): CleaningProblem {
  const name = 'weightedLogistic: '
  const { l2 = 0.01, temperature = 1 } = optionsOf(options, `${name}options`, ['l2', 'temperature'])
  number(l2, `${name}l2`, { nonnegative: true })
  number(temperature, `${name}temperature`, { positive: true })
  return hyperCleaning({ ...logisticExamples(name, training, validation), l2, temperature })
}

/**
 * Makes one {@link weightedLogistic} problem for each temperature: the blocks of a multi-block problem, which share
 * their examples and x.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function weightedLogisticBlocks(
  training: LabelledExamples,
  validation: LabelledExamples,
  temperatures: ArrayLike<number>,
  options?: { l2?: number | undefined },
): CleaningProblem[] {
  const name = 'weightedLogisticBlocks: '
  const { l2 = 0.01 } = optionsOf(options, `${name}options`, ['l2'])
  number(l2, `${name}l2`, { nonnegative: true })
  const all = vector(temperatures, `${name}temperatures`, { sign: 'positive' })
  const examples = logisticExamples(name, training, validation)
  return Array.from(all, (temperature) => hyperCleaning({ ...examples, l2, temperature }))
}

function logisticExamples(name: string, training: LabelledExamples, validation: LabelledExamples) {
  const first = readExamples(training, `${name}training`)
  const second = readExamples(validation, `${name}validation`, first.inputs.shape[1])
  return {
    training: new Examples(first.inputs, signs(first.labels, `${name}training.labels`), 1, logistic),
    validation: new Examples(second.inputs, signs(second.labels, `${name}validation.labels`), 1, logistic),
  }
}

/** Labels 1 and -1 of labels 1 and -1, or 1 and 0. */
function signs(labels: Float64Array, label: string): Int32Array {
  const other = labels.includes(-1) ? -1 : 0
  return Int32Array.from(labels, (value, i) => {
    if (value !== 1 && value !== other) refuse(`${label}[${i}]`, `1 or ${other}`, show(value))
    return value === 1 ? 1 : -1
  })
}
