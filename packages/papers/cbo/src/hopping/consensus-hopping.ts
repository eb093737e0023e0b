import {
  decodeFloats,
  encodeFloats,
  number,
  type Random,
  type RandomState,
  refuse,
  type SolveOptions,
  type Solver,
  solver,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { Evaluation, type Objective } from '../cloud/evaluation.ts'
import type { NormalSource } from '../cloud/normals.ts'
import { projectorOf } from '../cloud/project.ts'
import { type Projection, type Schedule, scheduleOf } from '../options.ts'
import { Sample } from './sample.ts'

/** Options of {@link consensusHopping}. */
export interface HoppingOptions {
  /** N, points a hop. Default 200. */
  particles?: number | undefined
  /** Sharpness of the consensus. Default 100. */
  alpha?: Schedule | undefined
  /** s, the standard deviation of the points. Default 0.7. */
  width?: Schedule | undefined
  /** A set of @opt/sets, or a function that returns the nearest allowed point. */
  project?: Projection | ((x: Float64Array) => VectorLike) | undefined
  /** A seed, a generator to split this run's own from, or recorded normals. Default 0. */
  random?: number | Random | NormalSource | undefined
}

/** The report of {@link consensusHopping} on a hop. */
export interface HoppingReport {
  /** The length of the hop. */
  error: number
  /** Where it ended. */
  consensus: Float64Array
  best: Float64Array
  bestValue: number
  effectiveSampleSize: number
  /** tau = alpha s^2: the hop is a step of this size along an estimate of the smoothed objective's gradient. */
  tau: number
  evaluations: number
}

/** The answer of {@link consensusHopping}. */
export interface HoppingSolution {
  /** Where the last hop ended: it jitters at the scale of the width. */
  consensus: Float64Array
  /** The best point evaluated, and f there. */
  x: Float64Array
  value: number
  evaluations: number
  /** To go on from, in the place of x0. Plain JSON. */
  state: HoppingState
}

/** A saved run of {@link consensusHopping}: plain JSON, exact to the bit. */
export interface HoppingState {
  /** Hops so far. */
  hop: number
  /** x, best and its value. */
  numbers: string
  dimension: number
  evaluations: number
  random: RandomState | null
}

/**
 * Minimises a function by consensus hopping (Riedl, Klock, Geldhauser and Fornasier 2023): draw N points x + s xi_i and
 * replace x by their consensus under exp(-alpha f). A hop is a stochastic gradient step on a smoothed f, see
 * {@link proximalHop}, and jumps barriers narrower than about s sqrt(2 log N).
 *
 * @param f with promises, call `consensusHopping.async`.
 * @param x0 the start, or the `state` of an earlier answer.
 * @throws TypeError or RangeError that names the wrong argument; RangeError when f is NaN or Infinity at every point of
 *   the first hop.
 */
export const consensusHopping: Solver<
  [f: Objective, x0: VectorLike | HoppingState, options: HoppingOptions],
  HoppingReport,
  HoppingSolution
> = solver(
  'consensusHopping',
  function* (f, x0, options) {
    const { particles = 200, random = 0 } = options
    const N = number(particles, 'particles', { integer: true, min: 1, max: 67_108_864 })
    const alphaAt = scheduleOf(options.alpha ?? 100, 'alpha', { positive: true })
    const widthAt = scheduleOf(options.width ?? 0.7, 'width', { positive: true })
    const saved = typeof x0 === 'object' && x0 !== null && 'hop' in x0 ? x0 : undefined
    const { x, best, bestValue, hop, evaluations } = saved ? loaded(saved) : startAt(x0 as VectorLike)
    const { signal } = options as SolveOptions<HoppingReport>
    const d = x.length
    const project = projectorOf(options.project, { lower: undefined, upper: undefined }, d)
    const sample = new Sample(N, d, random, saved?.random)
    const evaluation = new Evaluation(f, signal)
    evaluation.count = evaluations
    const next = x.slice()
    const run = { x, best, bestValue, hop }

    for (;;) {
      const before = sample.draws.state()
      const [alpha, width] = [alphaAt(run.hop), widthAt(run.hop)]
      sample.draw(x, width, project)
      if (!(yield* sample.agree(evaluation, run.hop, alpha, next)))
        return { ...answer(before), status: 'aborted' as const }
      const found = sample.best()
      if (found.bestValue < run.bestValue) Object.assign(run, found)
      if (run.bestValue === Infinity) refuse('f', 'below Infinity at some point', `NaN or Infinity at each of ${N}`)
      const length = distance(x, next)
      x.set(next)
      run.hop++
      const { effectiveSampleSize } = sample
      const report = {
        error: length,
        consensus: x.slice(),
        best: run.best.slice(),
        bestValue: run.bestValue,
        effectiveSampleSize,
        tau: alpha * width * width,
        evaluations: evaluation.count,
      }
      if (yield report) return answer(sample.draws.state())
    }

    function answer(state: RandomState | null): HoppingSolution & { status?: 'aborted' } {
      return {
        consensus: x,
        x: run.best,
        value: run.bestValue,
        evaluations: evaluation.count,
        state: {
          hop: run.hop,
          numbers: encodeFloats(Float64Array.of(...x, ...run.best, run.bestValue)),
          dimension: d,
          evaluations: evaluation.count,
          random: state,
        },
      }
    }
  },
  { options: ['particles', 'alpha', 'width', 'project', 'random'] },
)

const startAt = (x0: VectorLike) => {
  const x = vectorCopy(x0, 'x0')
  return { x, best: x.slice(), bestValue: Infinity, hop: 0, evaluations: 0 }
}

function loaded(state: HoppingState): ReturnType<typeof startAt> {
  const whole = { integer: true, min: 0 } as const
  const d = number(state.dimension, 'x0.dimension', { integer: true, min: 1, max: 67_108_864 })
  const numbers = decodeFloats(state.numbers, Float64Array, 2 * d + 1, 'x0.numbers')
  if (!numbers.subarray(0, 2 * d).every(Number.isFinite)) refuse('x0.numbers', 'finite numbers', 'others')
  return {
    x: numbers.slice(0, d),
    best: numbers.slice(d, 2 * d),
    bestValue: numbers[2 * d],
    hop: number(state.hop, 'x0.hop', whole),
    evaluations: number(state.evaluations, 'x0.evaluations', whole),
  }
}

function distance(a: Float64Array, b: Float64Array): number {
  let most = 0
  for (let j = 0; j < a.length; j++) most = Math.max(most, Math.abs(a[j] - b[j]))
  if (!(most > 0 && most < Infinity)) return most
  let s = 0
  for (let j = 0; j < a.length; j++) s += ((a[j] - b[j]) / most) * ((a[j] - b[j]) / most)
  return most * Math.sqrt(s)
}
