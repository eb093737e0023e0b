import { Random, type RandomState, refuse, show } from '@opt/core'
import type { Averages } from './averages.ts'
import { loadArrays, loadStep, type SavedArrays, saveArrays } from './state.ts'

/** One of the runs. */
export interface Run {
  x: Float64Array
  random: Random
  averages: Averages | undefined
  /** 1 when it is not finite and has stopped. */
  lost: Float64Array
}

/** Runs that can be continued: plain JSON. */
export interface QuantilesState {
  step: number
  arrays: SavedArrays
  /** The generators of the runs. */
  randoms: RandomState[]
}

/** Saves runs after some steps. */
export const save = (runs: Run[], step: number): QuantilesState => ({
  step,
  arrays: saveArrays(arraysOf(runs)),
  randoms: runs.map(({ random }) => random.state()),
})

/** What changes from step to step, by name. */
const arraysOf = (runs: Run[]): Record<string, Float64Array> =>
  Object.fromEntries(
    runs.flatMap(({ x, lost, averages }, k) =>
      Object.entries({ x, lost, ...averages?.arrays }).map(([name, values]) => [`${name}${k}`, values]),
    ),
  )

/** Continues from a saved state; returns its number of steps. */
export function restore(state: QuantilesState, runs: Run[], T: number): number {
  if (typeof state !== 'object' || state === null) refuse('state', 'what quantiles returned', show(state), 'type')
  const { randoms } = state
  if (!Array.isArray(randoms) || randoms.length !== runs.length)
    refuse('state.randoms', `${runs.length} generators`, show(randoms), 'type')
  const step = loadStep(state.step, T, 'state')
  const restored = randoms.map((saved) => new Random(saved))
  loadArrays(state.arrays, arraysOf(runs), 'state.arrays')
  for (const [k, run] of runs.entries()) run.random = restored[k]
  return step
}
