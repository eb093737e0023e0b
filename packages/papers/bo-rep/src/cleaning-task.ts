import { type CleaningProblem, type LabelledExamples, type WeightedSoftmaxOptions, weightedSoftmax } from '@opt/bilevel'
import { type MatrixLike, number, options as optionsOf, Random, random, type VectorLike, vector } from '@opt/core'
import { minibatches } from './minibatches.ts'
import type { BoRepOptions, BoRepStart } from './options.ts'
import { standardize } from './standardize.ts'

/** Options of {@link cleaningTask}. */
export interface CleaningTaskOptions {
  /** mu in the term mu |y|^2 / 2 of the fit, for standardised features of curvature 1. Default 0.01. */
  l2?: WeightedSoftmaxOptions['l2']
  /** How many classes there are; default one more than the largest label. */
  classes?: WeightedSoftmaxOptions['classes']
  /** Examples in a batch. Default 50. */
  batchSize?: number | undefined
  /** Draws the batches: a seed, or a generator. Default 0. */
  seed?: number | Random | undefined
}

/** What {@link boRep} needs to weigh the rows of a table, and what to make of its answer. */
export interface CleaningTask {
  problem: CleaningProblem
  /** Weights of 1/2, a fit of 0. */
  start: BoRepStart
  options: BoRepOptions & { maxIterations: number }
  /** The generator of the batches: its state belongs to that of a run. */
  rng: Random
  /** Brings other rows to the scale of the fit, with a last feature 1: their scores are the products with y. */
  prepare(rows: MatrixLike): Float64Array[]
  /** Returns a weight in 0..1 for each training row, and all rows, those of least weight first. */
  rank(x: VectorLike): { weights: Float64Array; suspects: Int32Array }
}

/**
 * Prepares hyper-cleaning of a table: one weight for each training row, such that a softmax regression with these
 * weights is best on a few clean rows. Features are standardised by the training rows, and scaled together such that
 * the steps in `options` suit every table. More than their 300 steps fit the clean rows better, and find less.
 *
 *     const { problem, start, options, rank } = cleaningTask(training, clean)
 *     const { suspects } = rank(boRep(problem, start, options).x)
 *
 * @param training rows of numbers, classes 0, 1, ... as labels, some of which are wrong.
 * @param clean rows with labels that can be trusted.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function cleaningTask(
  training: LabelledExamples,
  clean: LabelledExamples,
  options: CleaningTaskOptions = {},
): CleaningTask {
  const name = 'cleaningTask: '
  const {
    l2 = 0.01,
    classes,
    batchSize = 50,
    seed = 0,
  } = optionsOf(options, `${name}options`, ['l2', 'classes', 'batchSize', 'seed'])
  number(batchSize, `${name}batchSize`, { integer: true, min: 1 })
  const rng = seed instanceof Random ? seed : random(number(seed, `${name}seed`, { integer: true }))
  const rows = standardize(training, clean, name)
  const problem = weightedSoftmax(rows.training, rows.clean, { l2, classes })
  const { x, y } = problem.dimensions
  return {
    problem,
    rng,
    prepare: rows.prepare,
    start: { x: new Float64Array(x), y: new Float64Array(y) },
    options: {
      eta: 0.1,
      batches: minibatches(rng, { training: x, validation: rows.clean.labels.length }, batchSize),
      maxIterations: 300,
    },
    rank(logits) {
      const weights = problem.weights(vector(logits, `${name}rank: x`, { length: x }))
      const order = Array.from(weights.keys()).sort((i, j) => weights[i] - weights[j] || i - j)
      return { weights, suspects: Int32Array.from(order) }
    },
  }
}
