import type { ExperimentContext } from '@opt/core'
import { dataset, hardInstance, logisticDescent, normalizedDescent } from '../index.ts'

/** Gradient descent needs a number of steps that grows with n, the normalised descent does not. */
export async function hardInstances(context: ExperimentContext): Promise<void> {
  await context.progress(0.5, 'the hard instance')
  const sizes = { quick: [10, 200, 1000], standard: [10, 200, 1000, 5000], full: [10, 200, 1000, 5000, 20_000] }[
    context.scale
  ]
  const rows = sizes.map((n) => {
    const instance = hardInstance({ n, h: 0.0613 })
    const data = dataset({ ...instance, intercept: false })
    const steps = (solve: typeof logisticDescent, stepSize: number) =>
      solve(data, { stepSize, history: false, maxIterations: 1e6 }).iterations
    return {
      n,
      formula: instance.batchSteps,
      batch: steps(logisticDescent, Infinity),
      large: steps(logisticDescent, 1e6),
      ten: n <= (context.scale === 'quick' ? 200 : 1000) ? steps(logisticDescent, 10) : undefined,
      normalizedBatch: steps(normalizedDescent, Infinity),
      normalized: steps(normalizedDescent, 1e6),
      normalizedTen: steps(normalizedDescent, 10),
    }
  })
  const list = (value: (row: (typeof rows)[number]) => number) => rows.map(value).join(', ')
  context.claim({
    claim: `On the hard instance the batch perceptron needs 2 + floor(((n - 1) R - 2h)/4h) steps, and LR+GD at 1e6 as many to 0.1 %: n = ${sizes.join(', ')}, h = 0.0613`,
    paper: 'LR+GD is suboptimal: a factor of n',
    ours: `${list(({ batch }) => batch)}; LR+GD ${list(({ large }) => large)}`,
    pass: rows.every(({ formula, batch, large }) => batch === formula && Math.abs(large / formula - 1) <= 1e-3),
  })
  context.claim({
    claim: 'The normalised descent needs at most 10 there, whatever n',
    paper: 'the normalised method loses the factor',
    ours: list(({ normalized }) => normalized),
    pass: rows.every(({ normalized, normalizedBatch }) => normalized <= 10 && normalizedBatch <= 10),
  })
  context.table({
    title: 'Steps on the hard instance (h = 0.0613, margin 0.0577)',
    columns: ['n', 'batch perceptron', 'LR 1e6', 'LR 10', 'normalised batch', 'NLR 1e6', 'NLR 10'],
    rows: rows.map((row) => [
      row.n,
      row.batch,
      row.large,
      row.ten ?? '-',
      row.normalizedBatch,
      row.normalized,
      row.normalizedTen,
    ]),
  })
}
