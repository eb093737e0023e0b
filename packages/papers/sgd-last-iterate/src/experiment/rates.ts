import { type ExperimentContext, log, random } from '@opt/core'
import { quantiles, type StepKind } from '../index.ts'
import { shown, stepsFor } from './bounds-hold.ts'
import { type Case, game, ridge } from './problems.ts'

/** How the mean gap of the last point falls with T. */
export async function rates(context: ExperimentContext, at: number, share: number): Promise<void> {
  const { scale, seed } = context
  const quick = scale === 'quick'
  const horizons = quick ? [1000, 4000] : [250, 500, 1000, 2000, 4000]
  const seeds = quick ? 10 : 100
  const strong = ridge(seed, 'f')
  const settings: [Case, StepKind, string][] = [
    [game(seed), 'linear', '1 / sqrt T'],
    [strong, 'strong1', 'log T / T'],
    [strong, 'strong2', 'log T / T'],
    [ridge(seed, 'h'), 'strongH2', 'log T / T'],
  ]
  const curves: { label: string; x: number[]; y: number[] }[] = []
  const slopes: number[] = []
  for (const [k, [problem, kind]] of settings.entries()) {
    await context.progress(at + (share * k) / settings.length, `rates: ${problem.name}, ${kind}`)
    const gaps = horizons.map(
      (T) =>
        quantiles({ ...problem, stepSizes: stepsFor(problem, kind, T), seeds, random: random(seed), every: T }).mean,
    )
    curves.push({ label: `${problem.name} ${kind}`, x: horizons, y: gaps })
    const last = gaps.length - 1
    slopes.push(log(gaps[last] / gaps[0]) / log(horizons[last] / horizons[0]))
  }
  context.figure({
    kind: 'line',
    title: 'The mean gap of the last point',
    x: { label: 'T', scale: 'log' },
    y: { label: 'F(x) - F*', scale: 'log' },
    series: curves,
  })
  context.claim({
    claim: 'The gap falls with T as the theory says: slopes in log-log of at most -0.35 and -0.8',
    paper: settings.map(([, , rate]) => rate).join(', '),
    ours: settings.map(([problem, kind], k) => `${problem.name} ${kind} ${shown(slopes[k])}`).join(', '),
    pass: slopes.every((slope, k) => slope <= (k === 0 ? -0.35 : -0.8)),
  })
}
