import type { ExperimentContext } from '@opt/core'
import { mean, range } from '@opt/core/experiment'
import { baseline, type Run, run, SHARES, TASKS, type Task } from './runs.ts'

/** A row of the headline table: the splits at each scale, and the figures of the reference. */
interface Row {
  task: Task
  splits: Record<'quick' | 'standard' | 'full', number>
  /** At each share of the units; Adam; L-BFGS. */
  reference: { shares: number[]; adam: number; lbfgs: number }
}

const ROWS: Row[] = [
  {
    task: TASKS.digits,
    splits: { quick: 1, standard: 5, full: 5 },
    reference: { shares: [0.927, 0.956, 0.963, 0.964, 0.966], adam: 0.968, lbfgs: 0.971 },
  },
  {
    task: TASKS.breastCancer,
    splits: { quick: 2, standard: 10, full: 10 },
    reference: { shares: [0.958, 0.965, 0.969, 0.971, 0.966], adam: 0.973, lbfgs: 0.959 },
  },
  {
    task: TASKS.breastCancer1,
    splits: { quick: 0, standard: 0, full: 5 },
    reference: { shares: [0.972, 0.975, 0.971, 0.969, 0.969], adam: 0.973, lbfgs: 0.959 },
  },
  {
    task: TASKS.wine,
    splits: { quick: 3, standard: 10, full: 10 },
    reference: { shares: [0.978, 0.978, 0.982, 0.982, 0.978], adam: 0.987, lbfgs: 0.987 },
  },
  {
    task: TASKS.diabetes,
    splits: { quick: 1, standard: 5, full: 5 },
    reference: { shares: [58.1, 55.4, 55.6, 55.8, 56.1], adam: 56.7, lbfgs: 67.6 },
  },
  {
    task: TASKS.diabetes5,
    splits: { quick: 0, standard: 0, full: 5 },
    reference: { shares: [65, 59.3, 59.6, 60.2, 61.7], adam: 56.7, lbfgs: 67.6 },
  },
]

/** The runs of one row, and the means over its splits. */
interface Result extends Row {
  runs: Run[]
  shares: number[]
  adam: number
  lbfgs: number
}

/** Grows networks on random splits of four tables, and measures them with some of their units. */
export async function headline(context: ExperimentContext, from: number, to: number): Promise<void> {
  const rows = ROWS.filter(({ splits }) => splits[context.scale] > 0)
  const results: Result[] = []
  for (const [r, row] of rows.entries()) {
    const runs: Run[] = []
    for (let k = 0; k < row.splits[context.scale]; k++) {
      const seed = 100 * context.seed + 10 + k
      const share = (r + k / row.splits[context.scale]) / rows.length
      await context.progress(from + (to - from) * share, `${row.task.title}, split ${k + 1}`)
      const { split, run: one } = await run(context, row.task, seed)
      if (context.scale !== 'quick') {
        one.adam = baseline(row.task, split, 'adam', seed)
        await context.progress(from + (to - from) * share, `${row.task.title}, split ${k + 1}, baselines`)
        one.lbfgs = baseline(row.task, split, 'lbfgs', seed)
      }
      runs.push(one)
    }
    const shares = SHARES.map((_, s) => mean(runs.map((one) => one.shares[s])))
    const averaged = (name: 'adam' | 'lbfgs') => mean(runs.map((one) => one[name] ?? Number.NaN))
    results.push({ ...row, runs, shares, adam: averaged('adam'), lbfgs: averaged('lbfgs') })
  }
  for (const result of results) judge(context, result)
  judgeAssembly(context, results)
  show(context, results)
}

const digitsOf = ({ task }: Row) => (task.loss === 'squared' ? 1 : 3)
/** What a row must reach with all units; single splits vary more than means. */
const LIMITS = { digits: 0.955, breastCancer: 0.95, wine: 0.955, diabetes: 60 }
const SLACK = { digits: 0.025, breastCancer: 0.025, wine: 0.04, diabetes: 8 }

function judge(context: ExperimentContext, result: Result): void {
  const { task, runs, shares, adam, reference } = result
  const digits = digitsOf(result)
  const [half, threeQuarters, full] = shares.slice(2)
  const regression = task.loss === 'squared'
  const quick = context.scale === 'quick'
  const judged = task === TASKS[task.table]
  const limit = LIMITS[task.table] + (quick ? SLACK[task.table] : 0) * (regression ? 1 : -1)
  const ours = `${full.toFixed(digits)} (${range(
    runs.map((one) => one.shares.at(-1)!),
    digits,
  )})`
  context.claim({
    claim: `${task.title}: ${regression ? `error at most ${limit}` : `accuracy at least ${limit.toFixed(3)}`} with all 200 units`,
    paper: `${reference.shares.at(-1)} (reference)`,
    ours,
    pass: judged ? (regression ? full <= limit : full >= limit) : null,
  })
  if (regression) {
    context.claim({
      claim: `${task.title}: half of the units have at most ${quick ? 1.08 : 1.03} times the error of all`,
      paper: `${(reference.shares[2] / reference.shares[4]).toFixed(3)} (reference)`,
      ours: (half / full).toFixed(3),
      pass: judged ? half <= (quick ? 1.08 : 1.03) * full : null,
    })
    return
  }
  const [most, last] = quick ? [0.05, 0.05] : [0.015, 0.01]
  context.claim({
    claim: `${task.title}: without half of the units accuracy falls by at most ${most}, without a quarter by ${last}`,
    paper: `${(reference.shares[4] - reference.shares[2]).toFixed(3)} and ${(reference.shares[4] - reference.shares[3]).toFixed(3)} (reference)`,
    ours: `${(full - half).toFixed(3)} and ${(full - threeQuarters).toFixed(3)}`,
    pass: judged ? full - half <= most && full - threeQuarters <= last : null,
  })
  if (quick) return
  context.claim({
    claim: `${task.title}: within 0.02 of a network that Adam trains as a whole`,
    paper: `${(reference.shares[4] - reference.adam).toFixed(3)} (reference)`,
    ours: `${(full - adam).toFixed(3)}: ${full.toFixed(3)} and ${adam.toFixed(3)}`,
    pass: judged ? full >= adam - 0.02 : null,
  })
}

function judgeAssembly(context: ExperimentContext, results: Result[]): void {
  const runs = results.flatMap((result) => result.runs)
  const difference = Math.max(...runs.map((one) => one.difference))
  context.claim({
    claim: 'The assembled network gives the sum of its stages, to 1e-12',
    paper: '2e-15 (reference)',
    ours: difference.toExponential(0),
    pass: difference <= 1e-12,
  })
}

function show(context: ExperimentContext, results: Result[]): void {
  const names = SHARES.map((share) => `${100 * share} %`)
  context.table({
    title: 'Accuracy, or root mean square error for diabetes, with the first units only (reference in brackets)',
    columns: ['table', 'splits', ...names, 'Adam', 'L-BFGS'],
    rows: results.map((result) => {
      const digits = digitsOf(result)
      const { reference } = result
      const cell = (ours: number, theirs: number) =>
        `${Number.isNaN(ours) ? '-' : ours.toFixed(digits)} (${theirs.toFixed(digits)})`
      return [
        result.task.title,
        result.runs.length,
        ...result.shares.map((value, s) => cell(value, reference.shares[s])),
        cell(result.adam, reference.adam),
        cell(result.lbfgs, reference.lbfgs),
      ]
    }),
  })
  context.figure({
    kind: 'line',
    title: 'Units that are switched on',
    x: { label: 'share of the units' },
    y: { label: 'accuracy' },
    series: results
      .filter(({ task }) => task.loss !== 'squared')
      .map(({ task, shares }) => ({ label: task.title, x: SHARES, y: shares })),
  })
}
