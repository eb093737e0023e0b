import { number, options as optionsOf, refuse, show, vector } from '@opt/core'
import { checkFactor } from '../checks.ts'
import type { Landmark } from './descend.ts'

/** The state of a descent: plain JSON. */
export interface SubgmState {
  /** t of the factor. */
  iteration: number
  /** r'. */
  rank: number
  /** U_t, row by row. */
  factor: number[]
  /** eta_t; 0 before the first. */
  stepSize: number
  /** What it remembers of its progress. */
  landmark: Landmark
}

/** A checked copy of a saved state of a descent on d x d matrices. */
export function checkState(given: unknown, d: number, label = 'resume'): SubgmState {
  if (given === undefined || given === null) refuse(label, 'the state of an answer', show(given), 'type')
  const { iteration, rank, factor, stepSize, landmark } = optionsOf(given as SubgmState, label)
  number(iteration, `${label}.iteration`, { integer: true, min: 0 })
  number(rank, `${label}.rank`, { integer: true, min: 1, max: d })
  number(stepSize, `${label}.stepSize`, { min: 0 })
  const U = checkFactor(vector(factor, `${label}.factor`, { length: d * rank }), `${label}.factor`)
  const { last, largest, eigenvalues } = optionsOf(landmark, `${label}.landmark`)
  number(last, `${label}.landmark.last`, { min: 0 })
  number(largest, `${label}.landmark.largest`, { min: 0 })
  if (!Array.isArray(eigenvalues)) refuse(`${label}.landmark.eigenvalues`, 'an array', show(eigenvalues), 'type')
  if (eigenvalues.length > 0) vector(eigenvalues, `${label}.landmark.eigenvalues`, { length: rank })
  return {
    iteration,
    rank,
    factor: Array.from(U),
    stepSize,
    landmark: { last, largest, eigenvalues: [...eigenvalues] },
  }
}

/** The state of a descent at its start. */
export const stateOf = (factor: Float64Array, rank: number): SubgmState => ({
  iteration: 0,
  rank,
  factor: Array.from(factor),
  stepSize: 0,
  landmark: { last: Number.MAX_VALUE, largest: 0, eigenvalues: [] },
})
