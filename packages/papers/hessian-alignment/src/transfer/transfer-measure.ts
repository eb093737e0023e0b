import { nrm2, number, type Report, type Solver, solver } from '@opt/core'
import type { Domain, HeadParameters } from '../head/intake.ts'
import { LARGEST, openPair, type Pair } from './open-pair.ts'
import { differenceSpectrum } from './spectrum.ts'
import { type BallOptions, boundOf, type TransferBound } from './transfer-bound.ts'

const STEPS = 60

/** Options of {@link transferMeasure}. */
export interface TransferOptions extends BallOptions {
  /** Steps of projected ascent from each start. Default 60. */
  steps?: number | undefined
}

/** Progress of {@link transferMeasure}. */
export interface TransferReport extends Report {
  /** The largest growth of the gap so far. */
  growth: number
}

/** Answer of {@link transferMeasure}. */
export interface TransferAnswer {
  /** The largest growth found: a lower bound of the transfer measure over the ball. */
  growth: number
  /** The head there, minus theta. */
  direction: Float64Array
  /** An upper bound: the certificate of {@link transferBound}. */
  bound: number
}

/**
 * Measures transferability from a source to a target domain: how much further the target's loss rises above the source's
 * at the worst head within delta of theta, by projected ascent from theta and from the maximiser of the quadratic part
 * (Zhang, Zhao, Yu and Poupart, NeurIPS 2021), beside a certified upper bound.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const transferMeasure: Solver<
  [source: Domain, target: Domain, head: HeadParameters, options: TransferOptions],
  TransferReport,
  TransferAnswer
> = solver(
  'transferMeasure',
  function* (source, target, head, { delta, steps = STEPS }): Generator<TransferReport, TransferAnswer, boolean> {
    number(delta, 'delta', { positive: true, max: LARGEST })
    number(steps, 'steps', { integer: true, min: 1 })
    const pair = openPair(source, target, head)
    const { bound, maximizer } = boundOf(pair, differenceSpectrum(pair.source, pair.target), delta)
    const run = ascend(pair, maximizer, delta, steps)
    let next = run.next()
    while (!next.done) {
      if (yield { growth: next.value.growth }) break
      next = run.next()
    }
    return { ...next.value, bound }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: ['delta', 'steps'] },
)

/** The `growth` that {@link transferMeasure} finds with its defaults, for a pair whose bound is known. */
export function growthWithin(pair: Pair, { maximizer }: TransferBound, delta: number): number {
  const run = ascend(pair, maximizer, delta, STEPS)
  let next = run.next()
  while (!next.done) next = run.next()
  return next.value.growth
}

/** The largest growth found, and where. */
export interface Growth {
  growth: number
  direction: Float64Array
}

/** Ascends the growth of the gap from the quadratic part's maximiser, if it is known, and from 0. */
export function* ascend(
  { source, target }: Pair,
  maximizer: Float64Array | null,
  delta: number,
  steps: number,
): Generator<Growth, Growth> {
  const theta = source.theta
  const start = target.loss - source.loss
  const best: Growth = { growth: 0, direction: new Float64Array(theta.length) }
  for (const from of maximizer ? [maximizer, best.direction] : [best.direction]) {
    const D = from.slice()
    for (let k = 0; k <= steps; k++) {
      const moved = theta.map((t, i) => t + D[i])
      source.moveTo(moved)
      target.moveTo(moved)
      const growth = target.loss - source.loss - start
      if (growth > best.growth) {
        best.growth = growth
        best.direction = D.slice()
      }
      if (k === steps) break
      const g = target.gradient.map((own, i) => own - source.gradient[i])
      const norm = nrm2(g)
      if (norm === 0) break
      const rate = delta / 5 / Math.sqrt(1 + k / 10) / norm
      for (let i = 0; i < D.length; i++) D[i] += rate * g[i]
      const length = nrm2(D)
      if (length > delta) for (let i = 0; i < D.length; i++) D[i] *= delta / length
      yield best
    }
  }
  source.moveTo(theta)
  target.moveTo(theta)
  return best
}
