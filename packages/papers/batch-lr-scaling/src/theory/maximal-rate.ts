import { calling, number, oneOf, options } from '@opt/core'
import { checkMomentum, finite } from './checks.ts'
import { noiseFactor } from './effective-batch.ts'

const METHODS = ['gd', 'heavy-ball', 'nesterov', 'adam', 'stochastic'] as const

/** Options of {@link maximalRate}. */
export interface MaximalRateOptions {
  /** Largest eigenvalue: of the matrix that the method steps with; for 'stochastic' of the full one. Positive. */
  lambda: number
  /** Default 'stochastic'. */
  method?: (typeof METHODS)[number] | undefined
  /** rho in m = rho m + g, x -= rate m; for 'adam' beta1. In [0, 1). Default 0, with 'adam' 0.9. */
  momentum?: number | undefined
  /** For 'stochastic': trace of the Gauss-Newton matrix of all examples, nonnegative. */
  trace?: number | undefined
  /** For 'stochastic': the batch size B. */
  batch?: number | undefined
  /** For 'stochastic': the number of examples N; Infinity for a stream. */
  count?: number | undefined
}

/**
 * Returns the largest learning rate that is stable on a quadratic.
 *
 * - 'gd': 2 / lambda; with the lambda of a batch of size B, the paper's rate for SGD.
 * - 'heavy-ball': 2 (1 + rho) / lambda.
 * - 'nesterov': 2 (1 + rho) / ((1 + 2 rho) lambda).
 * - 'adam': 2 (1 + rho) / ((1 - rho) lambda), lambda of the preconditioned Hessian.
 * - 'stochastic': R(B) = 2 / (lambda / (1 + rho) + c trace / (1 - rho)) with c = (N - B) / ((N - 1) B), derived here from the
 *   mean square of one direction under noise; a guide within about 3 times, to be used with a safety factor of 1/2.
 *
 * @throws TypeError or RangeError when an argument is missing or out of range, or the rate overflows.
 */
export function maximalRate(given: MaximalRateOptions): number {
  return calling('maximalRate', () => {
    const {
      lambda,
      method = 'stochastic',
      momentum,
      ...rest
    } = options(given, 'options', ['lambda', 'method', 'momentum', 'trace', 'batch', 'count'])
    number(lambda, 'lambda', { positive: true })
    oneOf(method, 'method', METHODS)
    const rho = checkMomentum(momentum ?? (method === 'adam' ? 0.9 : 0))
    if (method === 'gd') return finite(2 / lambda)
    if (method === 'heavy-ball') return finite((2 * (1 + rho)) / lambda)
    if (method === 'nesterov') return finite((2 * (1 + rho)) / (1 + 2 * rho) / lambda)
    if (method === 'adam') return finite((2 * (1 + rho)) / (1 - rho) / lambda)
    const trace = number(rest.trace, 'trace', { nonnegative: true })
    const c = noiseFactor(rest.batch, rest.count)
    return finite(2 / (lambda / (1 + rho) + (c * trace) / (1 - rho)))
  })
}

/**
 * Returns the largest rate of heavy ball on one direction whose curvature is random, drawn anew for each step:
 * 2 / (lambda / (1 + rho) + variance / lambda / (1 - rho)), exact in mean square. At rho = 0 it is 2 over the location of
 * {@link spike}.
 *
 * @param given lambda, the mean curvature, positive; variance, nonnegative; momentum, in [0, 1), default 0.
 * @throws TypeError or RangeError when one is out of range, or the rate overflows.
 */
export function meanSquareRate(given: { lambda: number; variance: number; momentum?: number | undefined }): number {
  return calling('meanSquareRate', () => {
    const { lambda, variance, momentum = 0 } = options(given, 'options', ['lambda', 'variance', 'momentum'])
    number(lambda, 'lambda', { positive: true })
    number(variance, 'variance', { nonnegative: true })
    checkMomentum(momentum)
    return finite(2 / (lambda / (1 + momentum) + variance / lambda / (1 - momentum)))
  })
}

/** Options of {@link minimalDamping}. */
export interface MinimalDampingOptions {
  /** Learning rate, positive. */
  rate: number
  /** Largest eigenvalue of the full matrix, positive. */
  lambda: number
  /** Its trace, nonnegative. */
  trace: number
  /** The batch size B. */
  batch: number
  /** The number of examples N, or Infinity. */
  count: number
}

/**
 * Returns the smallest stable damping of a second-order step, rate (lambda + c trace) / 2: directions that the step does
 * not resolve move by rate / damping times their gradient. It falls as 1 / B until c trace is small beside lambda.
 *
 * @throws TypeError or RangeError when an argument is out of range.
 */
export function minimalDamping(given: MinimalDampingOptions): number {
  return calling('minimalDamping', () => {
    const { rate, lambda, trace, batch, count } = options(given, 'options')
    number(rate, 'rate', { positive: true })
    number(lambda, 'lambda', { positive: true })
    number(trace, 'trace', { nonnegative: true })
    return finite(rate * (lambda / 2 + (noiseFactor(batch, count) * trace) / 2))
  })
}

/**
 * Returns Polyak's rate and momentum for eigenvalues from `lowest` to `highest`, (2 / (sqrt h + sqrt l))^2 and ((sqrt h -
 * sqrt l) / (sqrt h + sqrt l))^2, and the best rate without momentum, 2 / (h + l).
 *
 * @param highest positive.
 * @param lowest from 0, where the momentum is 1, to `highest`.
 * @throws TypeError or RangeError when one is out of range, or a rate overflows.
 */
export function polyak(highest: number, lowest: number): { rate: number; momentum: number; plainRate: number } {
  return calling('polyak', () => {
    number(highest, 'highest', { positive: true })
    number(lowest, 'lowest', { min: 0, max: highest })
    const [h, l] = [Math.sqrt(highest), Math.sqrt(lowest)]
    const ratio = (h - l) / (h + l)
    return {
      rate: finite((2 / (h + l)) * (2 / (h + l))),
      momentum: ratio * ratio,
      plainRate: finite(1 / (highest / 2 + lowest / 2)),
    }
  })
}
