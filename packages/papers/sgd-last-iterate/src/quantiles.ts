import {
  boolean,
  callback,
  type Matrix,
  number,
  Random,
  type Report,
  random as randomOf,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { checkMap, euclidean } from './geometry/maps.ts'
import { type Geometry, MirrorStep } from './geometry/mirror-step.ts'
import { termValue } from './geometry/terms.ts'
import { Averages } from './runs/averages.ts'
import { type QuantilesState, type Run, restore, save } from './runs/many.ts'
import { Oracle, objectiveAt, type Problem } from './runs/problem.ts'
import { startAt } from './runs/start.ts'
import { workspace } from './runs/workspace.ts'
import { checkDelta } from './theory/bound.ts'
import { checkStepSizes } from './theory/coefficients.ts'

/** Options of {@link quantiles}. */
export interface QuantilesOptions extends Problem, Geometry {
  objective: (x: Float64Array) => number
  /** x^1 of every run. */
  x0: VectorLike
  /** eta_1 .. eta_T of every run. */
  stepSizes: VectorLike
  /** F(x*), from which the gaps are measured. */
  minimum: number
  /** The number of runs. Default 100. */
  seeds?: number | undefined
  /** The probabilities of failure whose quantiles are wanted. Default [0.5, 0.1, 0.01]. */
  deltas?: VectorLike | undefined
  /** Its splits are the generators of the runs, one after the other. Default random(0). */
  random?: Random | undefined
  /** Reports every so many steps. Default T / 100, rounded up. */
  every?: number | undefined
  /** Whether the answer has the gaps of the averages. Default false. */
  average?: boolean | undefined
  /** Continues runs that ended early, to the same bits; everything else as there. */
  state?: QuantilesState | undefined
}

/** A report of {@link quantiles}. */
export interface QuantilesReport extends Report {
  /** t, the number of steps that every run has taken. */
  step: number
  /** The mean and the largest F(x^{t+1}) - F(x*). */
  mean: number
  largest: number
}

/** Answer of {@link quantiles}. */
export interface QuantilesSolution {
  /** F(x^{T+1}) - F(x*) of each run; Infinity for one that diverged. */
  gaps: Float64Array
  /** Their mean. */
  mean: number
  /** For each delta the least number that at most a fraction delta of the gaps exceeds. */
  quantiles: Float64Array
  /** The last points, one a row. */
  x: Matrix
  /** The gaps of the mean of x^1 .. x^T. */
  averageGaps?: Float64Array
  /** The gaps of the mean of the last half. */
  halfAverageGaps?: Float64Array
  /** To continue from here. */
  state: QuantilesState
}

/**
 * Runs {@link csmd} with many seeds side by side and measures the gaps of the last points: what a bound with
 * probability 1 - delta has to be compared with, and all there is for noise without one. Run k has the bits
 * of csmd with the k-th split of `random`. No array is allocated in the loop.
 *
 * @throws RangeError or TypeError as {@link csmd}. A run that is not finite stops; the status is then 'diverged'.
 */
export const quantiles: Solver<[options: QuantilesOptions], QuantilesReport, QuantilesSolution> = solver(
  'quantiles',
  function* (options: QuantilesOptions): Generator<QuantilesReport, QuantilesSolution, boolean> {
    const { map = euclidean(), term, minimum, average = false, random = randomOf(0) } = options
    const objective = callback(options.objective, 'objective')
    checkMap(map, 'map')
    boolean(average, 'average')
    number(minimum, 'minimum')
    const seeds = number(options.seeds ?? 100, 'seeds', { integer: true, min: 1, max: 1e6 })
    const deltas = vector(options.deltas ?? [0.5, 0.1, 0.01], 'deltas')
    for (const [k, delta] of deltas.entries()) checkDelta(delta, `deltas[${k}]`)
    if (!(random instanceof Random)) refuse('random', 'a Random of @opt/core', show(random), 'type')
    const eta = checkStepSizes(options.stepSizes, 'quantiles')
    const T = eta.length
    const every = number(options.every ?? Math.ceil(T / 100), 'every', { integer: true, min: 1 })

    const start = startAt(options.x0, map, term, false, 'x0')
    const d = start.length
    const space = workspace(d, seeds)
    const oracle = new Oracle(options, space)
    const mirror = new MirrorStep(space, map, term, 'quantiles')
    const runs = space.points.map((x): Run => {
      x.set(start)
      return {
        x,
        random: random.split(),
        averages: average ? new Averages(d, T) : undefined,
        lost: new Float64Array(1),
      }
    })
    const gap = (x: Float64Array) => objectiveAt(objective, x) + termValue(term, map, x) - minimum
    const gaps = new Float64Array(seeds)
    const measure = () => {
      for (let k = 0; k < seeds; k++) gaps[k] = runs[k].lost[0] ? Infinity : gap(runs[k].x)
    }
    let steps = options.state === undefined ? 0 : restore(options.state, runs, T)
    const walk = (to: number) => {
      for (let t = steps + 1; t <= to; t++)
        for (const run of runs) {
          if (run.lost[0]) continue
          oracle.ask(run.x, t, run.random)
          run.averages?.add(t, run.x)
          if (!mirror.advance(run.x, eta[t - 1])) run.lost[0] = 1
        }
      steps = to
    }
    if (steps === T) measure()
    while (steps < T) {
      walk(Math.min(every * (Math.floor(steps / every) + 1), T))
      measure()
      if (yield { step: steps, mean: mean(gaps), largest: largest(gaps) }) break
    }
    const averaged = (key: 'average' | 'halfAverage') =>
      Float64Array.from(runs, ({ averages, lost }) => (lost[0] ? Infinity : gap(averages!.answer(steps)[key])))
    const sorted = gaps.slice().sort()
    return {
      gaps,
      mean: mean(gaps),
      quantiles: deltas.map((delta) => sorted[Math.max(Math.ceil((1 - delta) * seeds - 1e-9), 1) - 1]),
      x: ndarray(Float64Array.from(runs.flatMap(({ x }) => [...x])), [seeds, d]),
      ...(average && { averageGaps: averaged('average'), halfAverageGaps: averaged('halfAverage') }),
      state: save(runs, steps),
      ...(runs.some(({ lost }) => lost[0]) && { status: 'diverged', message: 'a run is not finite' }),
    }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER },
)

const mean = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / values.length
const largest = (values: Float64Array) => values.reduce((most, v) => Math.max(most, v))
