import { callback, calling, number, options, refuse, type VectorLike } from '@opt/core'
import type { DenseNetwork, Inputs } from '@opt/nn'
import { checkLabels, checkList, checkNetwork, checkRows } from '../intake.ts'
import { correct } from '../scores/correct.ts'

/** A function of the parameters along the straight line between two parameter vectors. */
export interface Barrier {
  /** Points of the line, from 0 (the first vector) to 1 (the second). */
  alphas: Float64Array
  /** The function's value at each of them. */
  path: Float64Array
  /** The largest rise of the path above the chord between its ends. */
  barrier: number
  /** The largest rise above the mean of its ends. */
  barrierAboveMean: number
}

/**
 * Evaluates a function, such as the error on some of the data, on the line between two parameter
 * vectors: linear mode connectivity (Frankle et al., ICML 2020; Nagarajan and Kolter, NeurIPS 2019).
 *
 * @param evaluate called with a vector that it must not keep.
 * @param given.points number of points on the line, at least 2. Default 11.
 * @throws TypeError or RangeError for vectors that differ in length or are not finite, fewer than two
 *   points, or a value of `evaluate` that is no number or beyond 1e300.
 */
export function errorBarrier(
  first: VectorLike,
  second: VectorLike,
  evaluate: (parameters: Float64Array) => number,
  given: { points?: number | undefined } = {},
): Barrier {
  const from = checkList(first, 'errorBarrier: first')
  const to = checkList(second, 'errorBarrier: second')
  if (from.length !== to.length) refuse('errorBarrier: second', `of length ${from.length}`, `length ${to.length}`)
  const { points = 11 } = options(given, 'errorBarrier: options', ['points'])
  callback(evaluate, 'errorBarrier: evaluate')
  number(points, 'errorBarrier: points', { integer: true, min: 2 })
  const step = 1 / (points - 1)
  const alphas = Float64Array.from({ length: points }, (_, j) => (j === points - 1 ? 1 : j * step))
  const between = new Float64Array(from.length)
  const path = alphas.map((alpha) => {
    for (let i = 0; i < between.length; i++) between[i] = (1 - alpha) * from[i] + alpha * to[i]
    return number(evaluate(between), `errorBarrier: evaluate at ${alpha}`, { min: -1e300, max: 1e300 })
  })
  const [start, end] = [path[0], path[points - 1]]
  const rises = path.map((value, j) => value - ((1 - alphas[j]) * start + alphas[j] * end))
  const risesAboveMean = path.map((value) => value - (start + end) / 2)
  return { alphas, path, barrier: largest(rises), barrierAboveMean: largest(risesAboveMean) }
}

const largest = (x: Float64Array) => x.reduce((most, value) => Math.max(most, value), -Infinity)

/**
 * Returns the error, the fraction of wrong predictions on fixed examples, as a function of the
 * network's parameters. Each call overwrites the parameters of the network.
 *
 * @throws TypeError or RangeError for examples that do not fit the network; the function, for
 *   parameters that do not.
 */
export function errorOf(network: DenseNetwork, inputs: Inputs, labels: VectorLike): (parameters: VectorLike) => number {
  return calling('errorOf', () => {
    const { sizes } = checkNetwork(network)
    const classes = sizes[sizes.length - 1]
    const rows = checkRows(inputs, sizes[0], 'inputs')
    const own = checkLabels(labels, rows.length / sizes[0], classes)
    return (parameters) => {
      const { length } = network.parameters
      const point = checkList(parameters, 'errorOf: parameters')
      if (point.length !== length) refuse('errorOf: parameters', `of length ${length}`, `length ${point.length}`)
      network.parameters.set(point)
      const logits = network.predict(rows)
      if (!logits.every(Number.isFinite))
        refuse('errorOf: parameters', 'such that all outputs are finite', 'larger ones')
      const right = correct(logits, own, { classes })
      return right.filter((r) => r === 0).length / right.length
    }
  })
}
