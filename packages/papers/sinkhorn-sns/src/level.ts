import type { Counts, Settings, SinkhornNewtonReport } from './options.ts'
import type { TransportPlan, WorkingPotentials } from './plan/transport-plan.ts'

/** How a level ended: at its target; above it; where the rounding of P ends; or because the driver said stop. */
export type Ending = 'reached' | 'failed' | 'floor' | 'stopped'

/** Work on a level: yields a report once an iteration, and gets back whether to stop. */
export type Steps<T> = Generator<SinkhornNewtonReport, T, boolean>

/** Solves one level; P stands at its start. */
export type SolveLevel = (level: Level) => Steps<Ending>

/** A level on the way whose error is below this is accepted even if it missed its target. */
export const GOOD_ENOUGH = 0.05

/** One level of regularisation: the plan stands at its potentials and epsilon. */
export interface Level {
  plan: TransportPlan
  settings: Settings
  /** L1 error to reach. */
  target: number
  /** Whether this is the user's own epsilon. */
  last: boolean
  /** Unit of epsilon in reports. */
  unit: number
  counts: Counts
  /** What the last Newton step kept of so many entries, and its CG iterations. */
  newest: { rows: number; columns: number; kept: number; cg: number }
}

/** Makes the report of an iteration. */
export function reportOf(
  { plan, unit, last }: Level,
  phase: SinkhornNewtonReport['phase'],
  error: number,
): SinkhornNewtonReport {
  return { phase, epsilon: plan.epsilon / unit, levelError: error, error: last ? error : Infinity }
}

/** Extrapolates potentials along the levels: those after `good`, t times as far from it as `before` is. */
export const beyond = (before: WorkingPotentials, good: WorkingPotentials, t: number): WorkingPotentials => ({
  f: good.f.map((v, i) => v + t * (v - before.f[i])),
  g: good.g.map((v, j) => v + t * (v - before.g[j])),
})
