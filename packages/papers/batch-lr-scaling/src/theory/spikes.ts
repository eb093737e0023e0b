import { calling, number, options, refuse, type VectorLike, vector } from '@opt/core'
import { finite } from './checks.ts'

/** Where an eigenvalue of the full matrix is found in the matrix of a batch. */
export interface Spike {
  location: number
  /** false: it is lost in the bulk, and the location is the bulk's edge. */
  detached: boolean
}

/** A {@link Spike} beside a bulk. */
export interface SpikeInBulk extends Spike {
  /** Eigenvalues above it are detached. */
  omega: number
  /** The upper end of the bulk in the batch's matrix. */
  edge: number
}

/**
 * Predicts where an outlying eigenvalue moves under additive Wigner noise (semicircle of radius 2 width) on a bulk at 0:
 * lambda + width^2 / lambda above the width, else 2 width (additive theorem; Baik, Ben Arous and Peche 2005).
 *
 * For the smallest eigenvalue negate lambda and the answer.
 *
 * @throws TypeError or RangeError when lambda or the width is not a nonnegative number.
 */
export function spike(given: { lambda: number; width: number }): Spike {
  return calling('spike', () => {
    const { lambda, width } = options(given, 'options')
    number(lambda, 'lambda', { nonnegative: true })
    number(width, 'width', { nonnegative: true })
    return lambda > width
      ? { location: finite(lambda + width * (width / lambda)), detached: true }
      : { location: finite(2 * width), detached: false }
  })
}

/** Options of {@link additive}. */
export interface AdditiveOptions {
  /** Where the bulk's eigenvalues are, such as the nodes of a spectrum without its outliers. */
  nodes: VectorLike
  /** The share of the bulk at each node, nonnegative; their sum is 1. */
  masses: VectorLike
  /** Root of the noise's variance: its semicircle has radius 2 width. */
  width: number
  /** The outlying eigenvalue. */
  lambda: number
}

/**
 * Predicts where an outlying eigenvalue moves under additive Wigner noise on a bulk with Stieltjes transform G(x) = sum
 * of masses / (x - nodes): to lambda + width^2 G(lambda) if lambda > omega, the largest root of -width^2 G'(omega) = 1,
 * else to the edge omega + width^2 G(omega).
 *
 * For the smallest eigenvalue negate nodes, lambda and the answer.
 *
 * @throws TypeError or RangeError when an argument is wrong, the masses do not add up to 1 within 1e-6, or a place overflows.
 */
export function additive(given: AdditiveOptions): SpikeInBulk {
  return calling('additive', () => {
    const { lambda, width, ...rest } = options(given, 'options')
    const nodes = vector(rest.nodes, 'nodes')
    const masses = vector(rest.masses, 'masses', { length: nodes.length, sign: 'nonnegative' })
    const total = masses.reduce((sum, p) => sum + p, 0)
    if (!(Math.abs(total - 1) <= 1e-6)) refuse('masses', 'of sum 1', String(total))
    number(width, 'width', { nonnegative: true })
    number(lambda, 'lambda')
    return locate(
      nodes,
      masses,
      lambda,
      (_, gap) => width / gap,
      () => width,
    )
  })
}

/** Options of {@link multiplicative}. */
export interface MultiplicativeOptions {
  /** The positive eigenvalues besides the outlier. */
  nodes: VectorLike
  /** How many there are at each node, nonnegative. */
  counts: VectorLike
  /** Effective batch size b, as {@link effectiveBatch} gives it; may be Infinity. */
  batch: number
  /** The outlying eigenvalue, positive. */
  lambda: number
}

/**
 * Predicts where an outlying eigenvalue of a Gauss-Newton matrix is found in that of a batch, a sample covariance:
 * lambda (1 + sum of counts nodes / (lambda - nodes) / b) if lambda > omega, else at the edge. For lambda far above the
 * bulk it is the trace form lambda + (trace - lambda) / b, which is `traceForm` (multiplicative theorem).
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function multiplicative(given: MultiplicativeOptions): SpikeInBulk & { traceForm: number } {
  return calling('multiplicative', () => {
    const { lambda, batch, ...rest } = options(given, 'options')
    const nodes = vector(rest.nodes, 'nodes', { sign: 'positive' })
    const counts = vector(rest.counts, 'counts', { length: nodes.length, sign: 'nonnegative' })
    const c = batch === Infinity ? 0 : 1 / number(batch, 'batch', { positive: true })
    number(lambda, 'lambda', { positive: true })
    const weights = counts.map((n) => c * n)
    return {
      ...locate(
        nodes,
        weights,
        lambda,
        (t, gap) => t / gap,
        (x) => x,
      ),
      traceForm: finite(lambda + nodes.reduce((sum, t, j) => sum + weights[j] * t, 0)),
    }
  })
}

/**
 * Finds omega, above all nodes, where the sum of weights slope(t, omega - t)^2 is 1, by bisection of its distance from
 * the last node. Whatever is at x > omega moves by factor(x) times the sum of weights slope(t, x - t).
 */
function locate(
  nodes: Float64Array,
  weights: Float64Array,
  lambda: number,
  slope: (node: number, gap: number) => number,
  factor: (x: number) => number,
): SpikeInBulk {
  const top = nodes.reduce((most, t, j) => (weights[j] > 0 ? Math.max(most, t) : most), -Infinity)
  if (top === -Infinity) {
    const end = nodes.reduce((most, t) => Math.max(most, t))
    return { location: Math.max(lambda, end), detached: lambda > end, omega: end, edge: end }
  }
  /** The sum of weights f(slope) at a distance above the last node. */
  const total = (distance: number, f: (slope: number) => number) =>
    nodes.reduce((sum, t, j) => (weights[j] > 0 ? sum + weights[j] * f(slope(t, distance + (top - t))) : sum), 0)
  const moved = (x: number, distance: number) => x + factor(x) * total(distance, (s) => s)

  let low = 0
  let high = slope(top, 1) * Math.sqrt(weights.reduce((sum, w) => sum + w, 0))
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) break
    if (total(middle, (s) => s * s) > 1) low = middle
    else high = middle
  }
  const omega = top + high
  const edge = high === 0 ? top : moved(omega, high)
  const detached = lambda > omega
  const location = detached ? moved(lambda, lambda - top) : edge
  return { location: finite(location), detached, omega: finite(omega), edge: finite(edge) }
}
