import { number, options, type RandomState, refuse, show, vector } from '@opt/core'
import { checkUnits } from './fit-checks.ts'
import type { Link } from './link.ts'

/** One step of a fit: a score, as the ridge's solution, and the curve on its leave-one-out values. */
export interface FitStep {
  number: number
  lambdaIndex: number
  solution: Float64Array
  looScores: Float64Array
  link: Link
  loo: number
}

export type Plain<T> = { [K in keyof T]: T[K] extends Float64Array ? number[] : T[K] }

/** Where a fit stands: plain JSON, exact to the bit. */
export interface HierarchicalState {
  now: Plain<FitStep>
  /** null when it is the present step. */
  best: Plain<FitStep> | null
  scoreR2Loo: number
  /** Empty when stage 1 found nothing. */
  r2Loo: number[]
  /** The generator of the links' units; null when the caller gives them. */
  units: RandomState | null
}

export interface RestoredState {
  now: FitStep
  best: FitStep
  scoreR2Loo: number
  r2Loo: number[]
  units: RandomState | null
}

const plain = (step: FitStep): Plain<FitStep> => ({
  ...step,
  solution: Array.from(step.solution),
  looScores: Array.from(step.looScores),
})

export function saveState({ now, best, ...rest }: RestoredState): HierarchicalState {
  return { ...rest, r2Loo: rest.r2Loo.slice(), now: plain(now), best: best === now ? null : plain(best) }
}

/** Checks a link that was saved. */
export function checkLink(given: Link, label: string): Link {
  const { mean, deviation, signs, offsets, coefficients } = options(given, label)
  const empty = Array.isArray(signs) && signs.length === 0
  const units = empty ? { signs: [], offsets: [] } : checkUnits({ signs, offsets }, label)
  return {
    mean: number(mean, `${label}.mean`),
    deviation: number(deviation, `${label}.deviation`, { positive: true }),
    signs: Array.from(units.signs),
    offsets: Array.from(units.offsets),
    coefficients: Array.from(vector(coefficients, `${label}.coefficients`, { length: units.signs.length + 2 })),
  }
}

interface Sizes {
  n: number
  size: number
  lambdas: number
}

function checkStep(given: Plain<FitStep>, label: string, { n, size, lambdas }: Sizes): FitStep {
  const step = options(given, label)
  return {
    number: number(step.number, `${label}.number`, { integer: true, min: 0 }),
    lambdaIndex: number(step.lambdaIndex, `${label}.lambdaIndex`, { integer: true, min: 0, max: lambdas - 1 }),
    solution: Float64Array.from(vector(step.solution, `${label}.solution`, { length: size })),
    looScores: Float64Array.from(vector(step.looScores, `${label}.looScores`, { length: n })),
    link: checkLink(step.link, `${label}.link`),
    loo: number(step.loo, `${label}.loo`, { nonnegative: true }),
  }
}

/** Checks a state that was saved for data of these sizes. */
export function checkState(given: HierarchicalState, sizes: Sizes): RestoredState {
  if (typeof given !== 'object' || given === null) refuse('initial', 'the state of an answer', show(given), 'type')
  const now = checkStep(given.now, 'initial.now', sizes)
  const best = given.best === null ? now : checkStep(given.best, 'initial.best', sizes)
  const r2Loo = Array.isArray(given.r2Loo)
    ? given.r2Loo
    : refuse('initial.r2Loo', 'an array', show(given.r2Loo), 'type')
  if (r2Loo.length > 0 || now.number > 0) vector(r2Loo, 'initial.r2Loo', { length: now.number + 1 })
  return {
    now,
    best,
    scoreR2Loo: number(given.scoreR2Loo, 'initial.scoreR2Loo', { max: 1 }),
    r2Loo: Array.from(r2Loo),
    units: given.units,
  }
}

/** The step of a fit that found no score: the curve is the mean of y. */
export function constantStep(n: number, size: number, mean: number, variance: number): FitStep {
  return {
    number: 0,
    lambdaIndex: 0,
    solution: new Float64Array(size),
    looScores: new Float64Array(n),
    link: { mean: 0, deviation: 1, signs: [], offsets: [], coefficients: [mean, 0] },
    loo: variance,
  }
}
