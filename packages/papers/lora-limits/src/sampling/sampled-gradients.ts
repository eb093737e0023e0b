import { allFinite, calling, number, options, type Random, randomFrom, refuse, type VectorLike } from '@opt/core'
import { gradientsOf, type LoraSolution, weightMatrices } from '../answer.ts'
import { prepare } from '../attention/projections.ts'
import { type AttentionBatch, type AttentionHead, type Role, readProblem } from '../head.ts'
import { correct, drawRows, readRows } from './correction.ts'

/** Options of {@link sampledGradients}. */
export interface SampledOptions {
  /** How many queries are drawn, without replacement. Default 32, or all when there are fewer. */
  samples?: number | undefined
  /** The queries to use instead of drawn ones: indices from 0, different. */
  rows?: VectorLike | undefined
  /** Draws the queries: a generator, which moves on, or a seed. Default 0: the same queries in every call. */
  random?: Random | number | undefined
}

/** Gradients estimated from some queries. */
export interface SampledGradients {
  gradients: LoraSolution['gradients']
  weightGradients: Record<Role, LoraSolution['output']>
  /** The queries used, ascending. */
  rows: Int32Array
  /** Estimated relative error: the largest, over Q, K and V, of the standard error by the gradient's norm. */
  standardError: number
  /** Estimate of the whole loss, for a target. */
  sampledLoss?: number
}

/**
 * Estimates the gradients from m queries, each computed exactly: the mean over queries is unbiased, takes m L_K work, and
 * needs no condition on norms. The baseline of every approximate method here, and about as good for training. Where the gradients cannot be computed in
 * doubles, it throws a RangeError.
 *
 * A function `batch.upstream` is called with the output of these queries only, and their indices. A batch whose loss
 * couples queries needs `loraGradients`.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function sampledGradients(head: AttentionHead, batch: AttentionBatch, given?: SampledOptions): SampledGradients {
  return calling('sampledGradients', () => {
    const { samples, rows, random = 0 } = options(given, 'options', ['samples', 'rows', 'random'])
    const problem = readProblem(head, batch)
    const { task } = prepare(problem)
    if (rows !== undefined && samples !== undefined) refuse('samples', 'absent beside rows', String(samples))
    const m = number(samples ?? Math.min(32, task.queries), 'samples', { integer: true, min: 1, max: task.queries })
    const drawn =
      rows === undefined ? drawRows(randomFrom(random, 'random'), task.queries, m) : readRows(rows, task.queries)
    const { weightGradients, standardError, ...loss } = correct(problem, task, drawn)
    const { estimate, ...sampled } = loss
    const gradients = gradientsOf(problem, weightGradients)
    const all = [...Object.values(gradients).flatMap(({ A, B }) => [A.data, B.data]), ...Object.values(weightGradients)]
    if (!all.every(allFinite)) refuse('batch', 'of finite gradients', 'an overflow')
    return {
      gradients,
      weightGradients: weightMatrices(problem, weightGradients),
      rows: drawn,
      standardError,
      ...sampled,
    }
  })
}
