import { type ExperimentContext, random } from '@opt/core'
import { quantile } from '../index.ts'
import { descent, headlineProblem } from './runs.ts'

const COUNTS = [100, 150, 200, 225, 250, 300]
const RANKS = [5, 10, 20]

/** B: the number of measurements that are needed does not depend on the width of the factor. */
export async function samples(context: ExperimentContext, from: number, to: number): Promise<void> {
  const problems = { quick: 2, standard: 6, full: 20 }[context.scale]
  const successes = COUNTS.map(() => RANKS.map(() => 0))
  let agreeing = 0
  for (const [i, count] of COUNTS.entries()) {
    await context.progress(from + ((to - from) * i) / COUNTS.length, `B: ${count} measurements`)
    for (let k = 0; k < problems; k++) {
      const problem = headlineProblem({ count, corruption: 0.1, random: random(1000 * context.seed + 100 + k) })
      const done = RANKS.map((rank) => {
        return descent(problem, { rank, iterations: 600, stepSize: quantile({ eta: 0.25 }) }).error <= 0.01
      })
      done.forEach((success, j) => (successes[i][j] += success ? 1 : 0))
      if (done.every((success) => success === done[0])) agreeing++
    }
  }
  context.table({
    title: `B: part of ${problems} problems with an error of 0.01 at most (p = 0.1, M = 10; d(d+1)/2 = 210)`,
    columns: ['m', ...RANKS.map((rank) => `r' = ${rank}`)],
    rows: COUNTS.map((count, i) => [count, ...successes[i].map((n) => (n / problems).toFixed(2))]),
  })
  const runs = COUNTS.length * problems
  context.claim({
    claim: 'widths 5, 10 and 20 succeed and fail on the same problems (at least 90 %), and all succeed with m = 300',
    paper: "samples free of r'",
    ours: `${agreeing} of ${runs} agree; m = 300: ${successes[COUNTS.length - 1].join(', ')} of ${problems}`,
    pass:
      agreeing >= (2 / 3) * runs &&
      successes[0].every((n) => n === 0) &&
      successes[COUNTS.length - 1].every((n) => n === problems),
  })
}
