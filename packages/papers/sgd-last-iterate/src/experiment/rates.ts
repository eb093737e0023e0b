import { type ExperimentContext, log, random } from '@opt/core'
import { quantiles, type StepKind } from '../index.ts'
import { shown, stepsFor } from './bounds-hold.ts'
import { type Case, game, leastAbsoluteErrors, ridge } from './problems.ts'

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
  const judged = settings.length
  if (!quick)
    settings.push([game(seed), 'sqrt', 'log T / sqrt T'], [leastAbsoluteErrors(seed), 'sqrt', 'log T / sqrt T'])
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
  const said = (from: number, to: number) =>
    settings
      .slice(from, to)
      .map(([problem, kind], k) => `${problem.name} ${kind} ${shown(slopes[from + k])}`)
      .join(', ')
  context.claim({
    claim: 'The gap falls with T as the theory says: slopes in log-log of at most -0.35 and -0.8',
    paper: settings
      .slice(0, judged)
      .map(([, , rate]) => rate)
      .join(', '),
    ours: said(0, judged),
    pass: slopes.slice(0, judged).every((slope, k) => slope <= (k === 0 ? -0.35 : -0.8)),
  })
  if (!quick)
    context.claim({
      claim: 'With sqrt steps too, on these sharp problems faster than the theory says',
      paper: 'log T / sqrt T',
      ours: said(judged, settings.length),
      pass: null,
    })
}
