import { number, type Report, type Solver, solver } from '@opt/core'
import { symmetric } from '@opt/curvature'
import { type Gradients, linearized } from '../linear/linearization.ts'
import { Noise } from '../linear/noise.ts'
import { type Ritz, topEigenpair } from '../linear/top-eigenpair.ts'
import { Triangle } from '../linear/triangle.ts'
import { sharpnessOf } from '../measures/sharpness.ts'
import { type BatchOptions, noiseFactor } from './noise.ts'

/** Options of {@link isStable}. */
export interface StabilityOptions extends BatchOptions {
  learningRate: number
}

/** Report of {@link isStable} after each application of the second-moment operator. */
export interface StabilityReport extends Report {
  /** Estimate of the error of the radius, relative to it where it is above 1. */
  error: number
  /** The radius so far; it grows. */
  radius: number
}

/** Answer of {@link isStable}. */
export interface Stability {
  /** Whether the second moment stays bounded; undefined when the run ended before it could tell. */
  stable: boolean | undefined
  /**
   * Factor by which the second moment changes at each step in the long run: the largest eigenvalue of its
   * recursion, where H is not 0.
   */
  radius: number
  /** Learning rate times tr H. For single examples a stable one has at most 2. */
  traceProduct: number
  /** Learning rate times the largest eigenvalue of H. A stable one has at most 2. */
  eigenProduct: number
}

/**
 * Tells whether SGD stays at a minimum with a learning rate: whether the second moment of its distance stays
 * bounded. A radius that a learning rate far below the critical one and a badly conditioned H bring near 1
 * converges slowly; `stable` is often known before.
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
    const { trace, lambdaMax, maxSquaredNorm } = sharpnessOf(linear)
    const products = { traceProduct: eta * trace, eigenProduct: eta * lambdaMax }
    const h = linear.eigenvalues
    if (h.length === 0) {
      yield { error: 0, radius: 0 }
      return { stable: true, radius: 0, ...products }
    }
    // S(M) = M - eta (HM + MH) + eta^2 ((1 - c) HMH + c N(M))
    const triangle = new Triangle(h.length)
    const ones = triangle.map(() => 1)
    const mean = triangle.map((j, k) => 1 - eta * (h[j] + h[k]) + eta * eta * (1 - c) * h[j] * h[k])
    const noise = new Noise(linear)
    const operator = symmetric(triangle.size, (x, out) => {
      triangle.expand(x, ones, noise.M)
      noise.apply()
      triangle.collapse(noise.N, ones, out)
      for (let i = 0; i < out.length; i++) out[i] = mean[i] * x[i] + eta * eta * c * out[i]
    })
    const identity = triangle.map((j, k) => (j === k ? 1 : 0))
    const relative = ({ value, error }: Ritz) => error / Math.max(1, Math.abs(value))

    const search = topEigenpair(operator, identity, (ritz) => relative(ritz) <= tolerance)
    let next = search.next()
    while (!next.done) next = search.next(yield { error: relative(next.value), radius: next.value.value })
    const { value: radius } = next.value
    const known = radius > 1 ? false : relative(next.value) <= tolerance || eta * maxSquaredNorm <= 2 || undefined
    return { stable: known, radius, ...products }
  },
  { tolerance: 1e-10, maxIterations: 1000 },
)
