import { type ExperimentContext, random } from '@opt/core'
import { median } from '@opt/core/experiment'
import { hermiteCoefficients, limitFeature } from '../theory.ts'
import { hierarchicalErrors, kernelError, LINK, quadraticTask } from './learners.ts'
import { randomQuadratic } from './targets.ts'

const PROTOTYPE: Record<number, string[]> = {
  8: ['.73', '.094', '.78', '.62'],
  16: ['.45', '.009', '.62', '.57'],
  24: ['.42', '.011', '.60', '.59'],
}

/** Errors against d at n = 2 d^2. */
export async function dimension(context: ExperimentContext): Promise<void> {
  const { scale, seed, table, progress } = context
  if (scale === 'quick') return
  const rows: (string | number)[][] = []
  for (const [place, d] of [8, 16, 24].entries()) {
    const found: number[][] = [[], [], [], []]
    const limit: number[] = []
    for (let draw = 0; draw < 5; draw++) {
      await progress(0.6 + (0.15 * (place + draw / 5)) / 3, `B: d = ${d}, draw ${draw + 1}`)
      const rng = random(20_000 * (seed + 1) + 100 * draw + d)
      const A = randomQuadratic(d, rng)
      limit.push(limitFeature(A, hermiteCoefficients(LINK, 3).subarray(1)).correlation)
      const task = quadraticTask(A, 2 * d * d, rng)
      const { twoStage, refined } = hierarchicalErrors(task, draw)
      found[0].push(twoStage)
      found[1].push(refined)
      if (draw >= 3) continue
      found[2].push(kernelError(task, draw, 'rbf'))
      found[3].push(kernelError(task, draw, 'polynomial'))
    }
    rows.push([
      d,
      2 * d * d,
      ...found.map((errors, k) => `${median(errors).toFixed(3)} (${PROTOTYPE[d][k]})`),
      median(limit).toFixed(3),
    ])
  }
  table({
    title:
      'B. Error at n = 2 d^2; medians (numpy prototype), and the correlation of what stage 1 learns from infinitely many rows',
    columns: ['d', 'n', 'two stages', 'refined', 'rbf', 'polynomial 6', 'limit'],
    rows,
  })
}
