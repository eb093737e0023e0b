import { callback, number, options, refuse, type VectorLike } from '@opt/core'
import type { DenseNetwork, Inputs } from '@opt/nn'
import { calling, checkNetwork, labelsOf, listOf, rowsOf } from './intake.ts'
import { correct } from './scores.ts'

/** A measure along the straight line between two sets of parameters. */
export interface Barrier {
  /** From 0 (the first) to 1 (the second). */
  alphas: Float64Array
  path: Float64Array
  /** The highest the path rises above the chord between its ends. */
  barrier: number
  /** The highest it rises above the mean of its ends. */
  barrierAboveMean: number
}

/**
 * Linear mode connectivity (Frankle et al., ICML 2020; Nagarajan and Kolter, NeurIPS 2019): `evaluate` at points on the line between two
 * parameter vectors, say the error on a subset of the data.
 *
 * @throws TypeError or RangeError when the vectors differ in length or are not finite, there are fewer than two points, or `evaluate`
 *   returns no number of at most 1e300
 */
export function errorBarrier(
  one: VectorLike,
  other: VectorLike,
  evaluate: (parameters: Float64Array) => number,
  given: { points?: number } = {},
): Barrier {
  const first = listOf(one, 'errorBarrier: first')
  const second = listOf(other, 'errorBarrier: second')
  if (first.length !== second.length)
    refuse('errorBarrier: second', `of length ${first.length}`, `length ${second.length}`)
  const { points = 11 } = options(given, 'errorBarrier: options')
  callback(evaluate, 'errorBarrier: evaluate')
  number(points, 'errorBarrier: points', { integer: true, min: 2 })
  const step = 1 / (points - 1)
  const alphas = Float64Array.from({ length: points }, (_, j) => (j === points - 1 ? 1 : j * step))
  const between = new Float64Array(first.length)
  const path = alphas.map((alpha) => {
    for (let i = 0; i < between.length; i++) between[i] = (1 - alpha) * first[i] + alpha * second[i]
    return number(evaluate(between), `errorBarrier: evaluate at ${alpha}`, { min: -1e300, max: 1e300 })
  })
  const [start, end] = [path[0], path[points - 1]]
  let [barrier, barrierAboveMean] = [-Infinity, -Infinity]
  path.forEach((value, j) => {
    barrier = Math.max(barrier, value - ((1 - alphas[j]) * start + alphas[j] * end))
    barrierAboveMean = Math.max(barrierAboveMean, value - (start + end) / 2)
  })
  return { alphas, path, barrier, barrierAboveMean }
}

/** The share of wrong predictions as a function of parameters, on fixed examples; the network keeps the last parameters. */
export function errorOf(network: DenseNetwork, inputs: Inputs, labels: VectorLike): (parameters: VectorLike) => number {
  return calling('errorOf', () => {
    const { sizes } = checkNetwork(network)
    const classes = sizes[sizes.length - 1]
    const rows = rowsOf(inputs, sizes[0], 'inputs')
    const own = labelsOf(labels, rows.length / sizes[0], classes)
    return (parameters) => {
      const { length } = network.parameters
      const point = listOf(parameters, 'errorOf: parameters')
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
