import { type ExperimentContext, random } from '@opt/core'
import { type ProblemOptions, recover, syntheticProblem } from '../index.ts'
import { distance, e } from './runs.ts'

const CASES: [string, Omit<ProblemOptions, 'random'>][] = [
  ['dense, p = 0', { size: 20, rank: 3, count: 1000 }],
  ['dense, p = 0.2', { size: 20, rank: 3, count: 1000, corruption: 0.2, outlierScale: 1e6 }],
  ['dense, p = 0.4', { size: 20, rank: 3, count: 1000, corruption: 0.4, outlierScale: 10 }],
  ['dense, Cauchy, p = 0.3', { size: 20, rank: 2, count: 1000, corruption: 0.3, outlier: 'cauchy', outlierScale: 10 }],
  ['full rank 10', { size: 10, rank: 10, count: 600, corruption: 0.1, outlierScale: 10, condition: 3 }],
  ["v'Xv, p = 0.2", { size: 20, rank: 3, count: 1000, corruption: 0.2, outlierScale: 10, measurement: 'rank-one' }],
  ['entries, p = 0.1', { size: 30, rank: 2, count: 900, corruption: 0.1, measurement: 'entries' }],
]

/** E: recover() knows neither the rank nor the part of wrong measurements. */
export async function recovery(context: ExperimentContext, from: number, to: number): Promise<void> {
  const rows: {
    name: string
    error: number
    rank: number
    want: number
    missed: number
    corruption: number
    iterations: number
  }[] = []
  for (const [k, [name, options]] of CASES.entries()) {
    await context.progress(from + ((to - from) * k) / CASES.length, `E: ${name}`)
    const problem = syntheticProblem({ ...options, random: random(1000 * context.seed + 500 + k) })
    const found = recover(problem, { history: false })
    const zero = problem.truth.data.map(() => 0)
    const norm = distance(problem.truth, { ...problem.truth, data: zero } as typeof problem.truth)
    rows.push({
      name,
      error: distance(found.matrix, problem.truth) / norm,
      rank: found.rank,
      want: options.rank,
      missed: found.corruption - (options.corruption ?? 0),
      corruption: found.corruption,
      iterations: found.iterations,
    })
  }
  context.table({
    title: 'E: recover() without a rank or a threshold',
    columns: ['measurements', 'relative error', 'rank found', 'rank', 'corruption found', 'iterations'],
    rows: rows.map((row) => [row.name, e(row.error), row.rank, row.want, row.corruption.toFixed(3), row.iterations]),
  })
  context.claim({
    claim: 'recover finds the rank and the part of wrong measurements by itself, and X* to 1e-5',
    paper: '',
    ours: `${rows.filter((row) => row.rank === row.want).length} of ${rows.length} ranks; errors up to ${e(Math.max(...rows.map((row) => row.error)))}, corruption off by ${Math.max(...rows.map((row) => Math.abs(row.missed))).toFixed(3)}`,
    pass: rows.every((row) => row.rank === row.want && row.error <= 1e-5 && Math.abs(row.missed) <= 0.08),
  })
}
