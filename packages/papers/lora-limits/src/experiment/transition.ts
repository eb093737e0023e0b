import type { ExperimentContext } from '@opt/core'
import { random } from '@opt/core'
import { loraGradients } from '../lora-gradients.ts'
import { cost } from '../theory/cost.ts'
import { normCondition } from '../theory/norm-condition.ts'
import { short, worstError } from './errors.ts'
import { transition } from './problem.ts'
import { H, type Patches, tokensOf } from './tokens.ts'

/** Degrees and methods that are tried. */
const METHODS = [
  ...[1, 2, 3, 4, 5].map((degree) => ({ method: 'reverse' as const, degree })),
  ...[1, 2, 3, 4].map((degree) => ({ method: 'chained' as const, degree })),
]

/** A: errors and work over the norm of queries and keys. */
export async function transitionPart(
  { seed, claim, table, figure, progress }: ExperimentContext,
  patches: Patches,
  length: number,
  taus: readonly number[],
  most: number,
): Promise<void> {
  const tried = METHODS.filter(({ degree }) => degree <= most)
  const tokens = tokensOf(patches, length, random(seed))
  const rows: { tau: number; gamma: number; range: number; threshold: number; errors: number[] }[] = []
  for (const [i, tau] of taus.entries()) {
    await progress((0.5 * i) / taus.length, `gradients at the logit scale ${tau}`)
    const { head, batch } = transition(tokens, tau, random(seed + 1000))
    const exact = loraGradients(head, batch)
    const { gammaQuery, gammaKey, range, threshold } = normCondition(head, batch)
    const errors = tried.map((options) => worstError(loraGradients(head, batch, options).gradients, exact.gradients))
    rows.push({ tau, gamma: Math.max(gammaQuery, gammaKey), range, threshold, errors })
  }
  const name = ({ method, degree }: (typeof METHODS)[number]) => `${method} ${degree}`
  table({
    title: `Largest relative error of the six gradients, ${tokens.length} tokens`,
    columns: ['scale', 'Gamma', 'sqrt(ln L)', 'range B', ...tried.map(name)],
    rows: rows.map(({ tau, gamma, threshold, range, errors }) => [
      tau,
      short(gamma),
      short(threshold),
      short(range),
      ...errors.map(short),
    ]),
  })
  figure({
    kind: 'line',
    title: 'Error over the norm of queries and keys',
    caption: `The theory's threshold is sqrt(ln L) = ${short(rows[0].threshold)}, without a constant.`,
    x: { label: 'Gamma, the largest entry of Q and K' },
    y: { label: 'relative error', scale: 'log' },
    series: tried.map((one, k) => ({
      label: name(one),
      x: rows.map(({ gamma }) => gamma),
      y: rows.map(({ errors }) => errors[k]),
      dashed: one.method === 'chained',
    })),
  })
  workFigure(tried, rows, tokens.length, figure)

  const at = (tau: number) => rows.find((row) => row.tau === tau)!
  const errorOf = (tau: number, method: string, degree: number) =>
    at(tau).errors[tried.findIndex((one) => one.method === method && one.degree === degree)]
  const [chained, reverse] = [errorOf(0.1, 'chained', 3), errorOf(0.1, 'reverse', 4)]
  claim({
    claim: 'below the threshold a low degree approximates the gradients: chained 3 within 0.01, reverse 4 within 0.005',
    paper: 'an almost linear algorithm exists',
    ours: `${short(chained)}, ${short(reverse)} at Gamma ${short(at(0.1).gamma)}`,
    pass: chained <= 0.01 && reverse <= 0.005,
  })
  const least = Math.min(
    ...[1, 2, 3, 4].flatMap((degree) => [errorOf(1, 'reverse', degree), errorOf(1, 'chained', degree)]),
  )
  claim({
    claim: 'above the threshold every method of degree up to 4 has an error of at least 0.05',
    paper: 'none in less than quadratic time, if SETH holds',
    ours: `${short(least)} at Gamma ${short(at(1).gamma)}`,
    pass: least >= 0.05,
  })
  const [low, high] = [at(0.1), at(1)]
  claim({
    claim: 'Gamma crosses sqrt(ln L) between the small errors and the large ones',
    paper: 'Gamma = o(sqrt(log L))',
    ours: `${short(low.gamma)} to ${short(high.gamma)}; sqrt(ln L) = ${short(low.threshold)}`,
    pass: low.gamma < low.threshold && high.gamma > high.threshold,
  })
}

/** Work of the cheapest degree with an error of at most 1 %, beside that of exact gradients: they cross. */
function workFigure(
  tried: typeof METHODS,
  rows: readonly { gamma: number; errors: number[] }[],
  length: number,
  figure: ExperimentContext['figure'],
): void {
  const sizes = { queries: length, keys: length, h: H, hv: H }
  const cheapest = ({ errors }: (typeof rows)[number]) =>
    Math.min(...tried.map(({ method, degree }, k) => (errors[k] <= 0.01 ? cost(sizes, method, degree) : Infinity)))
  const reached = rows.filter((row) => cheapest(row) < Infinity)
  figure({
    kind: 'line',
    title: 'Work for an error of at most 1 %',
    caption: 'Where the approximate line ends, no degree reaches 1 %.',
    x: { label: 'Gamma, the largest entry of Q and K' },
    y: { label: 'multiplications', scale: 'log' },
    series: [
      { label: 'exact', x: rows.map(({ gamma }) => gamma), y: rows.map(() => cost(sizes, 'exact')) },
      { label: 'cheapest approximation', x: reached.map(({ gamma }) => gamma), y: reached.map(cheapest) },
    ],
  })
}
