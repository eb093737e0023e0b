import { type ExperimentContext, log, random } from '@opt/core'
import { bound, csmd, quantiles, type StepKind, stepSizes } from '../index.ts'
import { type Case, game, lasso, leastAbsoluteErrors, ridge } from './problems.ts'

const DELTAS = [0.5, 0.1, 0.01]
const CONVEX: StepKind[] = ['sqrt', 'constant', 'linear']

/** eta_1 .. eta_T of a kind, with the eta of the theorems (which `constant` divides by sqrt(log T)), times a factor. */
export function stepsFor(problem: Case, kind: StepKind, steps: number, factor = 1): Float64Array {
  const { L, M, sigma, distance, muF, muH } = problem
  const scale = kind === 'constant' ? Math.sqrt(log(steps)) : 1
  const eta = (factor * Math.sqrt(distance / (M * M + sigma * sigma))) / scale
  return stepSizes[kind]({ steps, L, eta, mu: muF + muH } as never)
}

/** Formats a gap. */
export const shown = (value: number): string => String(Number(value.toPrecision(3)))

/** A. Mean gaps and quantiles of every problem and every step rule against the bounds. */
export async function boundsHold(context: ExperimentContext, at: number, share: number): Promise<void> {
  const seeds = context.scale === 'quick' ? 20 : 200
  const { seed } = context
  const pairs: [Case, StepKind[]][] = [
    [leastAbsoluteErrors(seed), CONVEX],
    [lasso(seed), CONVEX],
    [game(seed), CONVEX],
    [ridge(seed, 'f'), ['strong1', 'strong2', 'strongT']],
    [ridge(seed, 'h'), ['strongH1', 'strongH2']],
  ]
  const rows: (string | number)[][] = []
  const strongRatios: number[] = []
  const slack: number[] = []
  let [inMean, exceeded, runs, count] = [0, 0, 0, 0]
  for (const [k, [problem, kinds]] of pairs.entries()) {
    await context.progress(at + (share * k) / pairs.length, `bounds: ${problem.name}`)
    for (const kind of kinds)
      for (const T of [100, 1000]) {
        const etas = stepsFor(problem, kind, T)
        const answer = quantiles({
          ...problem,
          stepSizes: etas,
          seeds,
          deltas: DELTAS,
          random: random(seed),
          average: true,
          every: T,
        })
        const known = { ...problem, stepSizes: etas }
        const expected = bound(known)
        const likely = DELTAS.map((delta) => bound({ ...known, sigma: problem.subGaussian, delta }))
        count++
        runs += seeds * DELTAS.length
        if (answer.mean <= expected) inMean++
        slack.push(expected / answer.mean)
        for (const value of likely) exceeded += answer.gaps.filter((gap) => gap > value).length
        if (T !== 1000) continue
        const average = mean(answer.averageGaps!)
        const row = [answer.mean, average, mean(answer.halfAverageGaps!), expected, answer.quantiles[2], likely[2]]
        rows.push([`${problem.name} ${kind}`, ...row.map(shown)])
        if (problem.muF + problem.muH > 0) strongRatios.push(answer.mean / average)
      }
  }
  context.table({
    title: `Gaps F(x) - F* at T = 1000 (${seeds} seeds)`,
    columns: ['problem, steps', 'last', 'average', 'half average', 'bound', '0.99 quantile', 'bound, delta = 0.01'],
    rows,
  })
  context.claim({
    claim: 'The mean gap of the last point is below its bound in expectation, for every problem and every step rule',
    paper: 'proved for all',
    ours: `${inMean} of ${count}`,
    pass: inMean === count,
  })
  context.claim({
    claim: 'No run is above its bound with probability 1 - delta, delta = 0.5, 0.1, 0.01',
    paper: 'at most a fraction delta',
    ours: `${exceeded} of ${runs}`,
    pass: exceeded === 0,
  })
  context.claim({
    claim:
      'For strongly convex problems with 1/t steps the last point is worse than the average: same rate, larger constant',
    paper: '',
    ours: `${shown(Math.min(...strongRatios))} to ${shown(Math.max(...strongRatios))} times its gap`,
    pass: null,
  })
  context.note(
    `The bounds are for the worst case: ${shown(Math.min(...slack))} to ${shown(Math.max(...slack))} times the mean gap here. Measured tails are far lighter than the bounds with high probability.`,
  )
  if (context.scale === 'full') tail(context, pairs[0][0])
  certificates(context, pairs)
}

/** How heavy the tail of the gaps is, beside its bounds. */
function tail({ table, seed }: ExperimentContext, problem: Case): void {
  const deltas = [0.5, 0.1, 0.01, 0.001]
  const etas = stepsFor(problem, 'linear', 1000)
  const { quantiles: gaps } = quantiles({
    ...problem,
    stepSizes: etas,
    seeds: 2000,
    deltas,
    random: random(seed),
    every: 1000,
  })
  const known = { ...problem, stepSizes: etas, sigma: problem.subGaussian }
  table({
    title: `${problem.name} linear, T = 1000: the gap that a share 1 - delta of 2000 seeds stays below`,
    columns: ['delta', 'gap', 'bound'],
    rows: deltas.map((delta, k) => [delta, shown(gaps[k]), shown(bound({ ...known, delta }))]),
  })
}

/** The certificate holds on every single path. */
function certificates({ seed, scale, claim }: ExperimentContext, pairs: [Case, StepKind[]][]): void {
  const rng = random(seed)
  let [held, total, tightest] = [0, 0, Infinity]
  for (const [problem, kinds] of pairs)
    for (const kind of kinds)
      for (let k = 0; k < (scale === 'quick' ? 10 : 50); k++) {
        const stepSizes = stepsFor(problem, kind, 100)
        const { certificate, history } = csmd({
          ...problem,
          stepSizes,
          random: rng.split(),
          reference: problem.minimiser,
          every: 100,
        })
        const gap = history[0].objective! - problem.minimum
        total++
        if (gap <= certificate!.bound) held++
        tightest = Math.min(tightest, certificate!.bound / gap)
      }
  claim({
    claim: 'The certificate, distance + noise + luck of the run, is above the gap on every path',
    paper: 'proved',
    ours: `${held} of ${total}; it is at least ${shown(tightest)} times the gap`,
    pass: held === total,
  })
}

export const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length
