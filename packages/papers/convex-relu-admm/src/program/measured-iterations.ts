import type { ConvexReluReport } from './options.ts'
import type { Problem } from './problem.ts'

/** A splitting method, one iteration at a time. */
export interface Splitting {
  /** Makes one iteration. */
  iterate(): void
  /** Stores what {@link measure} compares the next iterate with. */
  remember(): void
  /** Measures the iterate, with the loss summed over rows. */
  measure(): ConvexReluReport
}

/**
 * Iterates, measures every so many iterations, and repeats the last report in between.
 *
 * @returns the best lower bound, including the last iterate's.
 */
export function* measuredIterations(
  { scale, measureEvery }: Problem,
  maxIterations: number,
  { iterate, remember, measure }: Splitting,
): Generator<ConvexReluReport, number, boolean> {
  let measured: ConvexReluReport | undefined
  let report: ConvexReluReport | undefined
  for (let k = 1; ; k++) {
    const due = k === 1 || k % measureEvery === 0 || k === maxIterations
    if (due) remember()
    iterate()
    if (due) {
      measured = measure()
      const { objective, networkObjective, lowerBound } = measured
      report = {
        ...measured,
        objective: scale * objective,
        networkObjective: scale * networkObjective,
        lowerBound: scale * lowerBound,
      }
    }
    const stop = yield report as ConvexReluReport
    if (stop) return (due ? (measured as ConvexReluReport) : measure()).lowerBound
  }
}
