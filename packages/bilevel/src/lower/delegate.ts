import type { Progress, Report } from '@opt/core'

/**
 * Runs the iterations of another solver as those of this one.
 *
 * @param start makes the run; `signal` ends it when the driver of this solver says so.
 */
export function* delegate<R extends Report, T>(
  start: (signal: AbortSignal) => Generator<Progress<R>, T, void>,
): Generator<Progress<R>, T, boolean> {
  const controller = new AbortController()
  const run = start(controller.signal)
  for (;;) {
    const { done, value } = run.next()
    if (done) return value
    if (yield value) controller.abort()
  }
}
