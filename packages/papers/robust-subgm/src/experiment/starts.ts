import { type ExperimentContext, random, type Series } from '@opt/core'
import ndarray from 'ndarray'
import {
  constant,
  type Decomposition,
  decompose,
  geometric,
  lossProportional,
  quantile,
  type StepRule,
  spectralInitialization,
  subgm,
} from '../index.ts'
import { descent, e, headlineProblem } from './runs.ts'

const ALPHAS = [1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]

/** C: small starts give small errors; the phases of a descent; step rules with outliers. */
export async function starts(context: ExperimentContext, from: number, to: number): Promise<void> {
  const problem = headlineProblem({ random: random(1000 * context.seed + 200) })
  const rows: { alpha: number; error: number; reached: number }[] = []
  for (const [k, alpha] of ALPHAS.entries()) {
    await context.progress(from + ((to - from) * k) / (ALPHAS.length + 2), `C: alpha = ${alpha}`)
    const run = descent(problem, { rank: 20, iterations: 1000, alpha, stepSize: quantile({ eta: 0.25 }) })
    rows.push({ alpha, error: run.error, reached: run.reached })
  }
  context.table({
    title: "C: the error at the end by the scale of the start (r' = 20, M = 10, p = 0.2)",
    columns: ['alpha', 'error', 'iterations to 0.01'],
    rows: rows.map(({ alpha, error, reached }) => [String(alpha), e(error), reached < Infinity ? reached : '-']),
  })
  const small = rows.slice(2)
  context.claim({
    claim: 'the error falls with alpha from 0.01 on, and alpha = 1 ends at least 100 times farther away than 1e-5',
    paper: 'error of order alpha^(2 - O(sqrt(r) delta))',
    ours: `${small.map(({ error }) => e(error)).join(' > ')}; ratio ${e(rows[0].error / rows[5].error)}`,
    pass: small.every(({ error }, k) => k === 0 || error < small[k - 1].error) && rows[0].error / rows[5].error >= 100,
  })
  const waits = small.slice(1).map(({ reached }, k) => reached - small[k].reached)
  context.claim({
    claim: 'the iterations to an error of 0.01 grow linearly in log(1/alpha): by 3 to 9 for each factor of 10',
    paper: 'O(log(1/alpha) / eta) iterations',
    ours: `by ${waits.join(', ')}`,
    pass: waits.every((wait) => wait >= 3 && wait <= 9),
  })
  phases(context)
  await context.progress(to, 'C: step rules')
  const rules: [string, StepRule][] = [
    ['geometric', geometric({ initial: 0.3 })],
    ['quantile', quantile({ eta: 0.25 })],
    ['loss', lossProportional(0.25)],
    ['constant 0.1', constant(0.1)],
    ['constant 0.03', constant(0.03)],
  ]
  const ends = rules.map(([name, stepSize]) => ({ name, ...descent(problem, { rank: 20, iterations: 800, stepSize }) }))
  context.table({
    title: 'C: step rules with outliers',
    columns: ['rule', 'error'],
    rows: ends.map(({ name, error }) => [name, e(error)]),
  })
  context.claim({
    claim: 'steps proportional to the loss stall with outliers, and constant ones at a multiple of the step size',
    paper: 'the loss rule is for exact measurements',
    ours: `loss ${e(ends[2].error)}; constant ${e(ends[3].error)} and ${e(ends[4].error)}`,
    pass: ends[2].error > 0.05 && ends[3].error > 2 * ends[4].error && ends[4].error > 0.01,
  })
}

/** Signal, cross term and hidden residual along a descent. */
function phases(context: ExperimentContext): void {
  const { measurements, y, truth } = headlineProblem({ random: random(1000 * context.seed + 300) })
  const parts: Decomposition[] = []
  const inner = quantile({ eta: 0.25 })
  const stepSize: StepRule = (state) => {
    parts.push(decompose(ndarray(state.factor, [20, 20]), truth))
    return inner(state)
  }
  const initial = spectralInitialization(measurements, y)
  subgm(measurements, y, { initial, stepSize, tolerance: 0, maxIterations: 120, history: false })
  const line = (label: string, pick: (part: Decomposition) => number): Series => {
    const shown = parts.map((part, t) => [t, pick(part)]).filter(([, value]) => value > 0)
    return { label, x: shown.map(([t]) => t), y: shown.map(([, value]) => value) }
  }
  context.figure({
    kind: 'line',
    title: 'C: signal, cross term and residual',
    caption:
      'The signal is learned at a flat error, then the error falls; the hidden residual stays small and sets the floor.',
    x: { label: 'iteration' },
    y: { label: 'Frobenius norm', scale: 'log' },
    series: [
      line('error', (part) => part.error),
      line('smallest singular value of the signal', (part) => part.smallestSignal),
      line('cross term', (part) => part.cross),
      line('aligned residual', (part) => part.alignedResidual),
      line('hidden residual', (part) => part.hiddenResidual),
    ],
  })
  const [start, end] = [parts[0], parts[parts.length - 1]]
  const learned = parts.findIndex((part) => part.smallestSignal >= 0.9)
  context.claim({
    claim: 'the signal grows to 1 while the hidden residual stays below 0.02, whose square is the error at the end',
    paper: 'signal, cross and residual terms of the proof',
    ours: `signal ${e(start.smallestSignal)} to ${e(end.smallestSignal)} (0.9 after ${learned}), hidden ${e(end.hiddenResidual)}, error ${e(end.error)}, residual ${e(end.residual)}`,
    pass: end.smallestSignal > 0.99 && end.hiddenResidual < 0.02 && end.residual > 0.7 * end.error && end.error < 1e-4,
  })
}
