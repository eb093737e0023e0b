import { calling, number, oneOf, options, refuse } from '@opt/core'
import type { Measurement } from '../learner/learner-types.ts'
import { checkMomentum, finite } from './checks.ts'
import { maximalRate } from './maximal-rate.ts'

const RULES = ['curve', 'sqrt', 'linear'] as const
/** The options, and what a measurement has besides. */
const NAMES = ['from', 'to', 'rule', 'lambda', 'trace', 'count', 'momentum', 'rate', 'bulk'] as const

/** Options of {@link scaleRate}; a measurement of `RateLearner` may be spread into them. */
export interface ScaleRateOptions {
  /** The batch size that the rate was tuned for. */
  from: number
  /** The batch size to go to. */
  to: number
  /**
   * 'curve' (the default with lambda and trace) for SGD with or without momentum, 'sqrt' (the default without) for Adam and
   * its kin, and 'linear', for comparison.
   */
  rule?: (typeof RULES)[number] | undefined
  /** Largest eigenvalue, as `RateLearner` or `batchNoise` measure it. */
  lambda?: number | undefined
  /** Trace of the Gauss-Newton matrix. */
  trace?: number | undefined
  /** The number of examples N; default Infinity. */
  count?: number | undefined
  /** Momentum of SGD, in [0, 1). Default 0. */
  momentum?: number | undefined
}

/** Answer of {@link scaleRate}. */
export interface ScaledRate {
  /** The rate to use at the new batch size. */
  rate: number
  rule: (typeof RULES)[number]
  /** What proportionality to B would have given. */
  linear: number
  /** What proportionality to the square root of B would have given. */
  sqrt: number
  /** R(from) and R(to), the estimated largest stable rates of SGD; absent without lambda and trace. */
  maximal?: { from: number; to: number }
  /** The batch size at which noise and curvature limit SGD alike: the end of the linear range. Absent without lambda and trace. */
  knee?: number
  /** What to do, and what the linear rule would have broken, in a few sentences. */
  advice: string
}

/**
 * Carries a tuned learning rate to another batch size: along the curve R(B) of {@link maximalRate}, which is linear in B
 * below the knee and flat above it, or by the square root.
 *
 * @throws TypeError or RangeError when an argument is out of range, or of lambda and trace one is missing, or both for 'curve'.
 */
export function scaleRate(rate: number, given: ScaleRateOptions): ScaledRate {
  return calling('scaleRate', () => {
    number(rate, 'rate', { positive: true })
    const {
      from,
      to,
      lambda,
      trace,
      count = Infinity,
      momentum = 0,
      ...rest
    } = options<ScaleRateOptions & Partial<Pick<Measurement, 'rate' | 'bulk'>>>(given, 'options', NAMES)
    const most = count === Infinity ? MOST : number(count, 'count', { integer: true, min: 1 })
    number(from, 'from', { integer: true, min: 1, max: most })
    number(to, 'to', { integer: true, min: 1, max: most })
    checkMomentum(momentum)
    if (lambda !== undefined) number(lambda, 'lambda', { positive: true })
    if (trace !== undefined) number(trace, 'trace', { nonnegative: true })
    const measured = lambda !== undefined && trace !== undefined
    const rule = oneOf(rest.rule ?? (measured ? 'curve' : 'sqrt'), 'rule', RULES)
    const alone = lambda === undefined ? 'trace' : 'lambda'
    if (!measured && (lambda ?? trace) !== undefined) refuse('lambda, trace', 'given together', `${alone} alone`)
    if (rule === 'curve' && !measured) refuse('lambda, trace', "given for the rule 'curve'", 'none')

    const linear = finite(rate * (to / from))
    const sqrt = rate * Math.sqrt(to / from)
    if (!measured) {
      const advice = `${head(rule === 'linear' ? linear : sqrt, to, rule)} ${GUESS[rule as 'sqrt' | 'linear']}`
      return { rate: rule === 'linear' ? linear : sqrt, rule, linear, sqrt, advice }
    }
    const limit = (batch: number) => maximalRate({ lambda, trace, batch, count, momentum })
    const maximal = { from: limit(from), to: limit(to) }
    const knee = finite(((1 + momentum) / (1 - momentum)) * (trace / lambda))
    const scaled = { curve: rate * (maximal.to / maximal.from), sqrt, linear }[rule]
    const advice = [
      head(scaled, to, rule),
      `The largest stable rate of SGD is about ${show(maximal.from)} at batch size ${from} and ${show(maximal.to)} at ${to}.`,
      `It grows in proportion to the batch size up to about ${show(knee)}, and is flat far beyond.`,
      verdict(linear, maximal.to, rate / maximal.from),
    ].join(' ')
    return { rate: scaled, rule, linear, sqrt, maximal, knee, advice }
  })
}

const MOST = 2147483647

const show = (x: number): string => String(Number(x.toPrecision(2)))

const head = (rate: number, to: number, rule: string): string =>
  `Use ${show(rate)} at batch size ${to} (${rule === 'sqrt' ? 'square-root' : rule} rule).`

const GUESS = {
  sqrt: 'This fits Adam and its kin while gradients are mostly noise, and is cautious for SGD; measure lambda and trace to see where it ends.',
  linear:
    'This fits SGD while the batch is far below trace / lambda, and breaks beyond; measure both to see where that is.',
}

/** What the linear rule would have done. */
function verdict(linear: number, maximal: number, share: number): string {
  const times = linear / maximal
  // The estimate of the largest stable rate is right within about a factor of two.
  const outlook = times > 2 ? 'expect it to diverge' : 'it may diverge'
  if (times > 1)
    return `The linear rule would have given ${show(linear)}, ${show(times)} times the largest stable rate: ${outlook}.`
  return `The linear rule would have given ${show(linear)}, ${show(times)} of the largest stable rate, where you were at ${show(share)} of it.`
}
