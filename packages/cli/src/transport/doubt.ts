import type { Status } from '@opt/core'
import { Problem, withoutFunction } from '../problem.ts'

/** What each status short of convergence means, and whether the plan still moves colours to about the right place. */
const SHORT: Record<Exclude<Status, 'converged' | 'completed'>, { what: string; usable: boolean }> = {
  'max-iterations': { what: 'the solver used up its iterations before the plan was exact', usable: true },
  stalled: { what: 'the solver could not make the plan exact', usable: true },
  stopped: { what: 'the solver was stopped before the plan was exact', usable: true },
  aborted: { what: 'the solver was stopped before the plan was exact', usable: true },
  'time-budget': { what: 'the solver used up its time before the plan was exact', usable: true },
  diverged: { what: "the solver's numbers overflowed", usable: false },
  infeasible: { what: 'no plan carries the one palette onto the other', usable: false },
}

/**
 * Returns why a picture's colours may be off; undefined where the plan is exact.
 *
 * @throws Problem where there is no usable plan.
 */
export function doubtOf({ status, message }: { status: Status; message: string }): string | undefined {
  if (status === 'converged' || status === 'completed') return undefined
  const { what, usable } = SHORT[status]
  const why = `${what} (${withoutFunction({ message })})`
  if (!usable) throw new Problem(`${why}; no picture is written`)
  return `the colours may be off: ${why}`
}
