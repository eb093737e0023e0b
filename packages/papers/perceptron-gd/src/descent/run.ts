import { decodeFloats, encodeFloats, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import type { Dataset } from '../data/dataset.ts'
import type { DescentState } from './plane.ts'

/** How a run is set up, checked. */
export interface Setup {
  solver: string
  stepSize: number
  tie: number
  /** Divide the sum of weighted rows by the number of examples, or by the sum of their weights. */
  divisor: 'examples' | 'weights'
  start: { theta: VectorLike; intercept?: number | undefined } | undefined
  resume: DescentState | undefined
  stopWhenSolved: boolean
}

/** All that changes from step to step. */
export interface Run {
  /** theta / stepSize in the units of the rows. */
  w: Float64Array
  /** Added to the logarithms of the weights. */
  shift: number
  /** Bound of the margin. */
  upper: number
  steps: number
  best: { w: Float64Array; wrong: number; lower: number; steps: number }
}

/** A run at its start, or at 0; theta = factor w. */
export function begin(data: Dataset, { start }: Setup, factor: number): Run {
  const w = start === undefined ? new Float64Array(data.d) : startOf(data, start, factor)
  const best = { w: w.slice(), wrong: Infinity, lower: -Infinity, steps: 0 }
  return { w, shift: 0, upper: data.scaledRadius, steps: 0, best }
}

function startOf({ d, intercept }: Dataset, start: NonNullable<Setup['start']>, factor: number): Float64Array {
  const { theta, intercept: b = 0 } = optionsOf(start, 'start')
  const w = new Float64Array(d)
  w.set(vector(theta, 'start.theta', { length: intercept ? d - 1 : d }))
  if (intercept) w[d - 1] = vector([b], 'start.intercept')[0]
  w.forEach((v, j) => {
    w[j] = v / factor
    if (!(Math.abs(w[j]) < 1e150)) refuse(`start.theta[${j}]`, `below 1e150 steps (about ${1e150 * factor})`, show(v))
  })
  return w
}

/** Saves a run. */
export function save({ w, shift, upper, steps, best }: Run, { stepSize, tie, solver }: Setup): DescentState {
  return {
    solver,
    numbers: encodeFloats(Float64Array.of(stepSize, tie, shift, upper, steps, best.wrong, best.lower, best.steps)),
    position: encodeFloats(w),
    best: encodeFloats(best.w),
  }
}

/** Decodes a saved run of the same setup. */
export function load(state: DescentState, { stepSize, tie, solver }: Setup, { d }: Dataset): Run {
  const given = optionsOf(state, 'resume')
  if (given.solver !== solver) refuse('resume.solver', `'${solver}'`, show(given.solver))
  const numbers = decodeFloats(given.numbers, Float64Array, 8, 'resume.numbers')
  const [savedStep, savedTie, shift, upper, steps, wrong, lower, bestSteps] = numbers
  if (savedStep !== stepSize) refuse('stepSize', `${savedStep} as in the saved run`, show(stepSize))
  if (savedTie !== tie) refuse('tie', `${savedTie} as in the saved run`, show(tie))
  if (!([shift, steps, wrong, bestSteps].every((v) => v >= 0) && upper > 0 && !Number.isNaN(lower)))
    refuse('resume.numbers', 'those of a saved run', 'others')
  const coefficients = (text: unknown, label: string) => vector(decodeFloats(text, Float64Array, d, label), label)
  return {
    w: coefficients(given.position, 'resume.position'),
    shift,
    upper,
    steps,
    best: { w: coefficients(given.best, 'resume.best'), wrong, lower, steps: bestSteps },
  }
}
