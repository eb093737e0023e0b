import {
  type Matrix,
  options as optionsOf,
  type Random,
  refuse,
  type Solver,
  type Status,
  show,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { openUnit } from './checks.ts'
import { descend, type SubgmReport } from './descent/descend.ts'
import { Iterate } from './descent/iterate.ts'
import { advance, type Best, better, inUnits, narrowSteps, ruleInUnits, unknowns } from './descent/phases.ts'
import { checkRecoverState, type RecoverState, startState } from './descent/recover-state.ts'
import { describe, type Recovery } from './descent/recovery.ts'
import { defaultEta, once, scaleOf, sizeOf, spectrumOf } from './descent/start.ts'
import { geometric, quantile, type StepRule } from './descent/step-rules.ts'
import { denseMeasurements } from './measurements/dense.ts'
import type { DenseInput } from './measurements/dense-input.ts'
import { Measurements } from './measurements/measurements.ts'
import { packedLength } from './measurements/packing.ts'
import { firstState } from './subgm.ts'

/** What {@link recover} takes. */
export interface RecoverInput {
  /** Measurements, or dense matrices as {@link denseMeasurements} takes them. */
  measurements: Measurements | DenseInput
  /** m numbers, some of them grossly wrong. */
  y: VectorLike
  /** d. Needed where each row of a matrix is a measurement. */
  size?: number | undefined
}

/** Options of {@link recover}. */
export interface RecoverOptions {
  /** The largest rank that is tried, between 1 and d. Default d. */
  rank?: number | undefined
  /** Scale of the start, positive. Default 1e-5. */
  alpha?: number | undefined
  /** The start, as of {@link subgm}. Default 'spectral'. */
  initial?: 'spectral' | 'random' | undefined
  /** The random numbers of a random start. */
  random?: Random | undefined
  /**
   * The step sizes. Default: {@link quantile}(); if there are less than d(d+1) measurements, or more than half of their
   * entries are 0, 0.6 times those of {@link geometric}({ decay: 0.99 }).
   */
  stepSize?: StepRule | undefined
  /** Goes on from the state of an answer, with the same measurements and options, to the same bits. */
  resume?: RecoverState | undefined
}

/** Answer of {@link recover}. */
export interface RecoverSolution extends Recovery {
  state: RecoverState
}

/** The wide descent is cut to its rank when the error has come down to this, and again when it ends. */
const FIRST_CUT = 0.01

/**
 * Steps where quantiles of residuals would mislead, as some fall to 0 before others: of few measurements, or of entries of
 * X that differ in size.
 */
const slow = /* @__PURE__ */ geometric({ decay: 0.99 })
const slowSteps: StepRule = (state) => 0.6 * slow(state)

/** Numbers beyond this, in units of the usual size of y, are outliers whatever they are. */
const HUGE = 1e150

/**
 * Recovers a positive semidefinite X from y_k = <A_k, X> + s_k, with s_k = 0 or small noise for most k and anything for
 * the others. Neither the rank, nor the noise, nor the part of wrong measurements need be known.
 *
 * It runs {@link subgm} with as many columns as X, whose factor shows the rank by a gap in its eigenvalues; cuts the factor
 * to that rank; and goes on from there, with step sizes that shrink where noise stops progress. `tolerance` is compared
 * with the scale of the residuals over that of y; default 1e-9, at most 4000 iterations. With noise in y it ends
 * 'stalled', as no smaller error can be had; and where fewer measurements agree than a matrix of its rank has unknowns,
 * r(2d - r + 1)/2, which says that they do not determine it.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const recover: Solver<[input: RecoverInput, options: RecoverOptions], SubgmReport, RecoverSolution> = solver(
  'recover',
  function* (input, options) {
    if (input === undefined) refuse('input', 'an object', 'undefined', 'type')
    const measurements = measurementsOf(optionsOf(input, 'input'))
    const given = vector(input.y, 'y', { length: measurements.count })
    const { stepSize, resume, tolerance = 0, ...start } = options as RecoverOptions & { tolerance?: number }
    if (stepSize !== undefined && typeof stepSize !== 'function')
      refuse('stepSize', 'a step rule', show(stepSize), 'type')
    const size = sizeOf(measurements)
    const q = openUnit((stepSize ?? quantile()).q ?? 0.5, 'stepSize.q')

    const unit = powerOfFour(scaleOf(given, q))
    const ample = measurements.count >= 2 * packedLength(measurements.size)
    const ownRule = ample && size.density > 0.5 ? quantile() : slowSteps
    const rule = stepSize ? ruleInUnits(stepSize, unit) : ownRule
    const y = given.map((value) => Math.max(-HUGE, Math.min(HUGE, value / unit)))
    const initialScale = scaleOf(y, q)
    const eta = once(() => defaultEta(spectrumOf(measurements, y), initialScale))
    const state =
      resume !== undefined
        ? checkRecoverState(resume, measurements.size)
        : startState(firstState(measurements, y, initialScale, size.norm, start))

    for (let resumed = resume !== undefined; ; ) {
      const { descent, wide, cut } = state
      const iterate = new Iterate(measurements, y, Float64Array.from(descent.factor), 'l1', q)
      const steps = wide === null ? rule : narrowSteps(rule, state)
      const until = rule.q !== undefined && wide === null && cut === 0 ? FIRST_CUT : undefined
      const run = descend(iterate, { rule: steps, initialScale, eta, state: descent, resumed, until })
      const ending = yield* inUnits(run, unit)
      descent.factor = Array.from(iterate.factor)
      const found = describe(iterate, measurements, y)
      const converged = iterate.scale <= tolerance * (initialScale || 1)
      const best = better(found, state.best, measurements.count, converged)
      if (ending === 'asked') return solution(best, state, measurements, y, unit, converged)
      state.best = best
      const next = advance(state, found.rank, ending)
      if (next === 'end') return solution(best, state, measurements, y, unit, false)
      resumed = next === 'resume'
    }
  },
  {
    tolerance: 1e-9,
    maxIterations: 4000,
    options: ['rank', 'alpha', 'initial', 'random', 'stepSize', 'resume'],
  },
)

function measurementsOf({ measurements, size }: RecoverInput): Measurements {
  const known = measurements instanceof Measurements
  if (known && size !== undefined && size !== measurements.size)
    refuse('size', `${measurements.size}, that of the measurements`, show(size))
  return known ? measurements : denseMeasurements(measurements, { size })
}

/** The best factor, in the units of y. */
function solution(
  { factor }: Best,
  state: RecoverState,
  measurements: Measurements,
  y: Float64Array,
  unit: number,
  converged: boolean,
): RecoverSolution & { message: string; status?: Status } {
  const iterate = new Iterate(measurements, y, Float64Array.from(factor), 'l1', 0.5)
  iterate.evaluate()
  const found = describe(iterate, measurements, y)
  const scaled = (x: Matrix, by: number) =>
    ndarray(
      x.data.map((value) => value * by),
      x.shape.slice(),
    )
  const agreeing = y.length - found.outliers.length
  const needed = unknowns(measurements.size, found.rank)
  const percent = Number((100 * found.corruption).toPrecision(3))
  return {
    ...found,
    factor: scaled(found.factor, Math.sqrt(unit)),
    matrix: scaled(found.matrix, unit),
    eigenvalues: found.eigenvalues.map((value) => value * unit),
    objective: found.objective * unit,
    residualScale: found.residualScale * unit,
    state,
    ...(converged && agreeing < needed ? { status: 'stalled' as const } : {}),
    message:
      agreeing < needed
        ? `only ${agreeing} measurements agree, too few for the ${needed} unknowns of rank ${found.rank}`
        : `rank ${found.rank}; ${percent} % of the measurements are outliers, the others agree to ${Number(found.estimatedError.toPrecision(2))}`,
  }
}

/** The largest power of 4 up to x; 1 for 0. */
function powerOfFour(x: number): number {
  let power = 1
  if (x > 0) {
    while (power > x) power /= 4
    while (power <= x / 4) power *= 4
  }
  return power
}
