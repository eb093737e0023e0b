import { number, type Report, refuse, type Solver, show, solver } from '@opt/core'
import { symmetric } from '@opt/curvature'
import { type Gradients, type Linearization, linearized } from '../linear/linearization.ts'
import { Noise } from '../linear/noise.ts'
import { type Ritz, topEigenpair } from '../linear/top-eigenpair.ts'
import { Triangle } from '../linear/triangle.ts'
import { sharpnessOf } from '../measures/sharpness.ts'
import { criticalRateOf } from './critical-rate.ts'
import { type BatchOptions, noiseFactor } from './noise.ts'
import { boundsOf } from './rate-bounds.ts'

/** Learning rate times trace whose square is within the range of doubles. */
const LARGEST = 1e140

/** Relative error up to which the critical rate is found. */
const CLOSE = 1e-8

/** Options of {@link isStable}. */
export interface StabilityOptions extends BatchOptions {
  learningRate: number
}

/** Report of {@link isStable} after each application of the second-moment operator. */
export interface StabilityReport extends Report {
  /** Bound on the error of the radius, relative to it where it is above 1; 1 while only `stable` is sought. */
  error: number
  /** The radius so far, which grows; undefined while only `stable` is sought. */
  radius: number | undefined
}

/** Answer of {@link isStable}. */
export interface Stability {
  /** Whether the second moment stays bounded; undefined when the run ended before it could tell. */
  stable: boolean | undefined
  /**
   * Factor by which the second moment changes at each step in the long run: the largest eigenvalue of its
   * recursion, where H is not 0. Undefined when the run ended before it was sought.
   */
  radius: number | undefined
  /** Learning rate times tr H. For single examples a stable one has at most 2. */
  traceProduct: number
  /** Learning rate times the largest eigenvalue of H. A stable one has at most 2. */
  eigenProduct: number
}

/**
 * Tells whether SGD stays at a minimum with a learning rate, that is, whether the second moment of its
 * distance stays bounded, and how fast that changes. `stable` is known soon, from the critical rate. The
 * radius takes longer where H is badly conditioned and many directions hardly move, so that it is near 1;
 * a run that ends before it is found has `stable` all the same.
 *
 * @param gradients n x d, one row for each example, or a linearization.
 * @throws TypeError or RangeError as {@link linearize}, and when the learning rate is not positive or the
 * batch does not fit the examples.
 */
export const isStable: Solver<[gradients: Gradients, options: StabilityOptions], StabilityReport, Stability> = solver(
  'isStable',
  function* (gradients, options) {
    const { learningRate: eta } = options
    const { tolerance } = options as StabilityOptions & { tolerance: number }
    number(eta, 'learningRate', { positive: true })
    const linear = linearized(gradients)
    const c = noiseFactor(linear.examples, options)
    const sharpness = sharpnessOf(linear)
    const products = { traceProduct: eta * sharpness.trace, eigenProduct: eta * sharpness.lambdaMax }
    if (products.traceProduct > LARGEST)
      refuse('learningRate', `of a product with the trace up to ${LARGEST}`, show(products.traceProduct))
    const h = linear.eigenvalues
    if (h.length === 0) {
      yield { error: 0, radius: 0 }
      return { stable: true, radius: 0, ...products }
    }
    const { sufficient, fourthMoment, gd } = boundsOf(sharpness, c, linear.outputs)
    const known = eta <= sufficient! ? true : eta > Math.min(fourthMoment!, gd) ? false : undefined
    const stable = known ?? (yield* belowCritical(linear, c, eta))
    if (stable === undefined) return { stable, radius: undefined, ...products }

    // S(M) = M - eta (HM + MH) + eta^2 ((1 - c) HMH + c N(M))
    const triangle = new Triangle(h.length)
    const ones = triangle.map(() => 1)
    const mean = triangle.map((j, k) => 1 - eta * h[j] - eta * h[k] + (1 - c) * (eta * h[j]) * (eta * h[k]))
    const noise = new Noise(linear)
    const operator = symmetric(triangle.size, (x, out) => {
      triangle.expand(x, ones, noise.M)
      noise.apply()
      triangle.collapse(noise.N, ones, out)
      for (let i = 0; i < out.length; i++) out[i] = mean[i] * x[i] + eta * (eta * c * out[i])
    })
    const identity = triangle.map((j, k) => (j === k ? 1 : 0))
    const relative = ({ value, residual }: Ritz) => residual / Math.max(1, Math.abs(value))

    const radius = topEigenpair(operator, identity, (ritz) => relative(ritz) <= tolerance)
    let next = radius.next()
    while (!next.done) next = radius.next(yield { error: relative(next.value), radius: next.value.value })
    return { stable, radius: next.value.value, ...products }
  },
  { tolerance: 1e-8, maxIterations: 1000, options: ['learningRate', 'batchSize', 'replacement'] },
)

/** Whether a rate is at most the critical one; undefined when the run is to end before that is known. */
function* belowCritical(
  linear: Linearization,
  c: number,
  eta: number,
): Generator<StabilityReport, boolean | undefined, boolean> {
  const search = criticalRateOf(linear, c, CLOSE)
  let next = search.next()
  while (!next.done) {
    const { rate, error } = next.value
    // The rate only falls.
    if (eta > rate) return false
    if (error <= CLOSE) return true
    if (yield { error: 1, radius: undefined }) return undefined
    next = search.next(false)
  }
  return eta <= next.value.rate
}
