import { type Report, type Solver, solver } from '@opt/core'
import { symmetric } from '@opt/curvature'
import { type Gradients, type Linearization, linearized } from '../linear/linearization.ts'
import { Noise } from '../linear/noise.ts'
import { topEigenpair } from '../linear/top-eigenpair.ts'
import { Triangle } from '../linear/triangle.ts'
import { sharpnessOf } from '../measures/sharpness.ts'
import { type BatchOptions, noiseFactor } from './noise.ts'
import { boundsOf, type RateBounds } from './rate-bounds.ts'

/** Report of {@link criticalRate} after each application of the second-moment operator. */
export interface CriticalRateReport extends Report {
  /**
   * Relative residual of the eigenvalue 1 / rate. It bounds the relative error of the rate, which is about its
   * square where no other eigenvalue is near.
   */
  error: number
  /** The rate so far: it falls, from the fourth-moment bound on, to the critical one. */
  rate: number
}

/** Answer of {@link criticalRate}. */
export interface CriticalRate {
  /** The largest learning rate at which the second moment of SGD stays bounded; Infinity when all gradients are 0. */
  rate: number
  /** Share of each example in the noise that grows at that rate; nonnegative numbers with sum 1. Examples of large weight limit the rate. */
  weights: Float64Array
  bounds: RateBounds
}

/**
 * Computes the largest learning rate at which SGD stays at a minimum, exactly: 1 / eta* is the largest value of
 * <M, D(M)> / <M, HM + MH> over second moments M, an eigenvalue of a symmetric operator. It is found by
 * Lanczos' method from M = I, whose quotient is the fourth-moment bound. An iteration applies
 * D(M) = (1 - c) HMH + c (1/n) sum of a_i (a_i'M a_i) a_i' in O(n r^2), where r, the rank of the gradients, is
 * at most n and d.
 *
 * @param gradients n x d, row i the gradient of the output of example i in the parameters; or a linearization.
 * @throws TypeError or RangeError as {@link linearize}, and when the batch does not fit the examples.
 */
export const criticalRate: Solver<[gradients: Gradients, options: BatchOptions], CriticalRateReport, CriticalRate> =
  solver(
    'criticalRate',
    function* (gradients, options) {
      const { tolerance } = options as { tolerance: number }
      const linear = linearized(gradients)
      const c = noiseFactor(linear.examples, options)
      const answer = yield* criticalRateOf(linear, c, tolerance)
      return { ...answer, bounds: boundsOf(sharpnessOf(linear), c, linear.outputs) }
    },
    { tolerance: 1e-8, maxIterations: 200, options: ['batchSize', 'replacement'] },
  )

/** The search of {@link criticalRate}, for a factor c of the noise. */
export function* criticalRateOf(
  linear: Linearization,
  c: number,
  tolerance: number,
): Generator<CriticalRateReport, { rate: number; weights: Float64Array }, boolean> {
  const { eigenvalues: h, examples } = linear
  const r = h.length
  if (r === 0) {
    yield { error: 0, rate: Infinity }
    return { rate: Infinity, weights: new Float64Array(examples).fill(1 / examples) }
  }
  // W = (HM + MH)^(-1/2), entry by entry: it makes the quotient that of a symmetric operator.
  const triangle = new Triangle(r)
  const W = triangle.map((j, k) => 1 / Math.sqrt(h[j] + h[k]))
  const mean = triangle.map((j, k) => ((1 - c) * h[j] * h[k]) / (h[j] + h[k]))
  const noise = new Noise(linear)
  const operator = symmetric(triangle.size, (x, out) => {
    triangle.expand(x, W, noise.M)
    noise.apply()
    triangle.collapse(noise.N, W, out)
    for (let i = 0; i < out.length; i++) out[i] = mean[i] * x[i] + c * out[i]
  })
  const identity = triangle.map((j, k) => (j === k ? Math.sqrt(2 * h[j]) : 0))

  const search = topEigenpair(operator, identity, ({ value, residual }) => residual <= tolerance * value)
  let next = search.next()
  while (!next.done) {
    const { value, residual } = next.value
    next = search.next(yield { error: residual / value, rate: 1 / value })
  }
  triangle.expand(next.value.vector, W, noise.M)
  noise.apply()
  return { rate: 1 / next.value.value, weights: shares(noise.spread) }
}

function shares(spread: Float64Array): Float64Array {
  const total = spread.reduce((sum, s) => sum + s, 0)
  return spread.map((s) => Math.max(0, s / total))
}
