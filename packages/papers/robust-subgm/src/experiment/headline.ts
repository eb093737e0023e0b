import { type ExperimentContext, random, type Series } from '@opt/core'
import { range } from '@opt/core/experiment'
import { constant, geometric, quantile } from '../index.ts'
import { descent, e, headlineProblem, type Run } from './runs.ts'

const RANKS = [3, 5, 10, 20]
const SCALES = [1, 10, 1e6]

interface Cell {
  scale: number
  rank: number
  geometric: Run
  quantile: Run
  l2: Run
}

/** A: 20 % of the measurements with outliers of any size, factors of any width. */
export async function headline(context: ExperimentContext, from: number, to: number): Promise<void> {
  const problems = { quick: 1, standard: 3, full: 5 }[context.scale]
  // Shorter runs have reached their floors, to a few percent.
  const part = context.scale === 'quick' ? 0.5 : 1
  const cells: Cell[] = []
  for (let k = 0; k < problems; k++)
    for (const scale of SCALES) {
      const done = k * SCALES.length + SCALES.indexOf(scale)
      await context.progress(from + ((to - from) * done) / problems / SCALES.length, `A: outliers of size ${scale}`)
      const problem = headlineProblem({ outlierScale: scale, random: random(1000 * context.seed + k) })
      for (const rank of RANKS)
        cells.push({
          scale,
          rank,
          geometric: descent(problem, { rank, iterations: part * 1500, stepSize: geometric({ initial: 0.3 }) }),
          quantile: descent(problem, { rank, iterations: part * 1000, stepSize: quantile({ eta: 0.25 }) }),
          // The step sizes that l2 can take shrink with the outliers.
          l2: descent(problem, {
            rank,
            iterations: 500,
            stepSize: constant(0.1 / Math.max(1, 0.2 * scale)),
            loss: 'l2',
          }),
        })
    }
  report(context, cells)
}

function report(context: ExperimentContext, cells: Cell[]): void {
  const rows = SCALES.flatMap((scale) =>
    RANKS.map((rank) => ({ scale, rank, of: cells.filter((c) => c.scale === scale && c.rank === rank) })),
  )
  context.table({
    title: `A: largest error norm(U U' - X*) over ${cells.length / rows.length} problems (d = 20, r = 3, m = 1000, 20 % outliers N(0, M^2))`,
    columns: ['M', "r'", 'geometric', 'quantile', 'iterations to 0.01', 'l2, best iterate, least'],
    rows: rows.map(({ scale, rank, of }) => [
      scale,
      rank,
      e(Math.max(...of.map((c) => c.geometric.error))),
      e(Math.max(...of.map((c) => c.quantile.error))),
      range(
        of.map((c) => c.quantile.reached),
        0,
      ),
      e(Math.min(...of.map((c) => c.l2.best))),
    ]),
  })
  const errors = cells.flatMap((c) => [c.geometric.error, c.quantile.error])
  context.claim({
    claim: 'X* is recovered whatever the size of the outliers and the width of the factor: every error is at most 1e-4',
    paper: 'exact as alpha goes to 0',
    ours: `at most ${e(Math.max(...errors))} in ${errors.length} runs`,
    pass: errors.every((error) => error <= 1e-4),
  })
  const ratios: number[] = []
  for (let k = 0; k < cells.length; k += RANKS.length)
    for (const rule of ['geometric', 'quantile'] as const) {
      const wide = cells.slice(k, k + RANKS.length).filter((c) => c.rank > 3)
      ratios.push(Math.max(...wide.map((c) => c[rule].error)) / Math.min(...wide.map((c) => c[rule].error)))
    }
  context.claim({
    claim: "the error does not depend on the width: over r' = 5, 10, 20 it varies by a factor of 1.5 at most",
    paper: "bounds free of r'",
    ours: `${Math.max(...ratios).toFixed(3)} at most`,
    pass: ratios.every((ratio) => ratio <= 1.5),
  })
  const gains = cells.map((c) => c.l2.best / Math.max(c.geometric.error, c.quantile.error))
  context.claim({
    claim: 'the best iterate of gradient descent on the squares is at least 1000 times farther from X*',
    paper: 'l2 fails with outliers',
    ours: `${e(Math.min(...gains))} times at least`,
    pass: gains.every((gain) => gain >= 1e3),
  })
  const [first] = cells.filter((c) => c.scale === 10 && c.rank === 20)
  const series = (label: string, { errors: y }: Run): Series => {
    const shown = y.slice(0, 500).filter((error) => error > 0)
    return { label, x: shown.map((_, t) => t), y: shown }
  }
  context.figure({
    kind: 'line',
    title: "A: error over the iterations, M = 10, r' = 20",
    x: { label: 'iteration' },
    y: { label: "norm(U U' - X*)", scale: 'log' },
    series: [series('geometric', first.geometric), series('quantile', first.quantile), series('l2', first.l2)],
  })
}
