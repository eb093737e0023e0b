import { exp, log, number, oneOf } from '@opt/core'

/** How the step size in target space decays: a name, or the factor of step t = 1, 2, ... as a function. */
export type EtaSchedule = 'constant' | 'sqrt' | 'exponential' | ((t: number) => number)

/**
 * Returns the factor of eta at step t = 1, 2, ...: 1, 1/sqrt(t), or (1/T)^(t/T), which stays at 1/T after T.
 *
 * @throws TypeError or RangeError for another name, or 'exponential' without T.
 */
export function etaSchedule(schedule: EtaSchedule = 'constant', total: number | undefined): (t: number) => number {
  if (typeof schedule === 'function') return (t) => number(schedule(t), `schedule(${t})`, { positive: true })
  oneOf(schedule, 'schedule', ['constant', 'sqrt', 'exponential'])
  if (total !== undefined || schedule === 'exponential') number(total, 'total', { integer: true, min: 1 })
  if (schedule === 'constant') return () => 1
  if (schedule === 'sqrt') return (t) => 1 / Math.sqrt(t)
  const T = total as number
  return (t) => exp((-Math.min(t, T) / T) * log(T))
}
