import { type ExperimentContext, random } from '@opt/core'
import { range } from '@opt/core/experiment'
import { constant, geometric } from '../index.ts'
import { descent, headlineProblem } from './runs.ts'

const LEVELS = [0.1, 0.5, 1]

/** D: normal noise in every measurement, and no outliers. */
export async function noise(context: ExperimentContext, from: number, to: number): Promise<void> {
  const problems = { quick: 1, standard: 3, full: 5 }[context.scale]
  const rows: { nu: number; ours: number[]; constant: number[]; best: number[]; last: number[] }[] = []
  for (const [k, nu] of LEVELS.entries()) {
    await context.progress(from + ((to - from) * k) / LEVELS.length, `D: noise ${nu}`)
    const row = { nu, ours: [] as number[], constant: [] as number[], best: [] as number[], last: [] as number[] }
    for (let i = 0; i < problems; i++) {
      const problem = headlineProblem({ corruption: 0, noise: nu, random: random(1000 * context.seed + 400 + i) })
      const unit = nu * Math.sqrt((20 * 3) / 1000)
      const common = { rank: 20, alpha: 1e-4 }
      const initial = 0.3 * Math.sqrt((3 + nu * nu) / 3)
      row.ours.push(descent(problem, { ...common, iterations: 700, stepSize: geometric({ initial }) }).error / unit)
      row.constant.push(descent(problem, { ...common, iterations: 500, stepSize: constant(0.1) }).error / unit)
      const l2 = descent(problem, { ...common, iterations: 700, stepSize: constant(0.1), loss: 'l2' })
      row.best.push(l2.best / unit)
      row.last.push(l2.error / unit)
    }
    rows.push(row)
  }
  context.table({
    title: 'D: error / (nu sqrt(d r / m)) with noise N(0, nu^2) and no outliers',
    columns: ['nu', 'geometric', 'constant 0.1', 'l2, best iterate', 'l2, last of 700'],
    rows: rows.map((row) => [
      row.nu,
      ...[row.ours, row.constant, row.best, row.last].map((values) => range(values, 2)),
    ]),
  })
  const ratios = rows.flatMap((row) => row.ours)
  context.claim({
    claim: 'with normal noise the error is of the order nu sqrt(d r / m), with the full width',
    paper: 'order nu sqrt(d r / m), up to logarithms',
    ours: `${range(ratios, 2)} times that`,
    pass: ratios.every((ratio) => ratio <= 2),
  })
  const lost = rows.flatMap((row) => row.ours.map((ratio, i) => ratio / row.best[i]))
  context.claim({
    claim: 'under normal noise alone l1 is no better than well-stopped l2',
    paper: '',
    ours: `${range(lost, 2)} times the error of the best l2 iterate`,
    pass: null,
  })
}
