import type { TransportPlan } from '@opt/core'
import type { Counts, Settings, SinkhornNewtonReport } from './options.ts'

/** How a level ended: at its target; without getting there; where a device's rounding ends; or because the driver said so. */
export type Ending = 'reached' | 'failed' | 'floor' | 'told'

/** What works on a level: yields a report once an iteration. */
export type Steps<T> = Generator<SinkhornNewtonReport, T, boolean>

/** One level of regularisation: the plan stands at its potentials and epsilon. */
export interface Level {
  plan: TransportPlan
  settings: Settings
  /** L1 error to reach. */
  target: number
  /** Is this the user's own epsilon? */
  last: boolean
  /** Unit of epsilon in reports. */
  unit: number
  counts: Counts
}

/** What is said of a level after an iteration. */
export function reportOf(
  { plan, unit, last }: Level,
  phase: 'sinkhorn' | 'newton',
  error: number,
): SinkhornNewtonReport {
  return { phase, epsilon: plan.epsilon / unit, levelError: error, error: last ? error : Infinity }
}
