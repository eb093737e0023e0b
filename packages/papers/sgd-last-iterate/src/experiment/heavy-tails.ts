import { type ExperimentContext, random } from '@opt/core'
import { heavyBound, noise, power, quantiles, stepSizes } from '../index.ts'
import { shown } from './bounds-hold.ts'
import { leastAbsoluteErrors } from './problems.ts'

const SCALE = 0.1

/** C. Noise without a variance, and no clipping: a uniformly convex mirror map against the Euclidean one. */
export async function heavyTails(context: ExperimentContext, at: number, share: number): Promise<void> {
  const { scale, seed } = context
  const seeds = scale === 'quick' ? 200 : 400
  const horizons = scale === 'quick' ? [100, 1000] : [100, 1000, 4000]
  const settings =
    scale === 'quick'
      ? [[1.3, 1.2]]
      : [
          [1.3, 1.2],
          [1.6, 1.5],
        ]
  const rows: (string | number)[][] = []
  for (const [k, [alpha, p]] of settings.entries()) {
    const drawn = noise.pareto(SCALE, alpha)
    const heavy = leastAbsoluteErrors(seed, power(p), known(drawn))
    const usual = leastAbsoluteErrors(seed, undefined, known(drawn))
    const sigma = drawn.moment(10, p)
    const eta = Math.sqrt(usual.distance / (usual.M * usual.M + 1))
    const [ours, theirs, bounds, worst]: number[][] = [[], [], [], []]
    for (const [j, T] of horizons.entries()) {
      await context.progress(
        at + (share * (k + j / horizons.length)) / settings.length,
        `heavy tails, p = ${p}, T = ${T}`,
      )
      const knowledge = { steps: T, p, M: heavy.M, sigma, distance: heavy.distance }
      const etas = stepSizes.heavyLinear(knowledge)
      const run = (problem: typeof heavy, steps: Float64Array) =>
        quantiles({ ...problem, stepSizes: steps, seeds, random: random(seed), every: T, deltas: [0.5] })
      const mirror = run(heavy, etas)
      const plain = run(usual, stepSizes.linear({ steps: T, eta }))
      const largest = (gaps: Float64Array) => gaps.reduce((most, v) => Math.max(most, v))
      ours.push(mirror.mean)
      theirs.push(plain.mean)
      bounds.push(heavyBound({ ...knowledge, stepSizes: etas }))
      worst.push(largest(mirror.gaps))
      rows.push([
        p,
        T,
        ...[
          mirror.mean,
          mirror.quantiles[0],
          worst[j],
          bounds[j],
          plain.mean,
          plain.quantiles[0],
          largest(plain.gaps),
        ].map(shown),
      ])
    }
    context.claim({
      claim: `Pareto noise with alpha = ${alpha}: with the power map, p = ${p}, the mean gap falls with T, is below its bound, and no run is above 10 times the mean`,
      paper: 'T^-(1 - 1/p) in expectation, without clipping',
      ours: `${ours.map(shown).join(', ')} (bounds ${bounds.map(shown).join(', ')}); largest ${worst.map(shown).join(', ')}`,
      pass: ours.every((gap, j) => gap <= bounds[j] && worst[j] <= 10 * gap && (j === 0 || gap < ours[j - 1])),
    })
    const last = ours.length - 1
    context.claim({
      claim: `There Euclidean steps have a mean gap of more than twice that at T = ${horizons[last]}`,
      paper: '',
      ours: `${shown(theirs[last] / ours[last])} times`,
      pass: p === 1.2 ? theirs[last] > 2 * ours[last] : null,
    })
  }
  context.table({
    title: `Noise without a variance (${seeds} seeds): gaps of the last point`,
    columns: ['p', 'T', 'power: mean', 'median', 'largest', 'bound', 'Euclidean: mean', 'median', 'largest'],
    rows,
  })
  if (scale !== 'quick')
    context.note(
      'At p = 1.5 the power map buys tails, not medians: most runs with Euclidean steps end much nearer to the minimum, a few end far away.',
    )
}

/** The noise, without the sigmas that it does not have. */
const known = (drawn: ReturnType<typeof noise.pareto>) => ({ ...drawn, variance: () => 0, subGaussian: () => 0 })
