import type { Real } from '../real.ts'
import { addTo, columnStatistics, columnSums } from './columns.ts'
import type { ParameterViews } from './parameters.ts'

const EPSILON = 1e-5

/**
 * Batch normalization of one layer: s = gamma (u - mean) r + beta with r = 1 / sqrt(variance + 1e-5), where mean and
 * variance are those of the batch or running ones. u, s and their derivatives are n rows of m columns; statistics are
 * float64 in either precision. R{.} is the derivative along a direction in all parameters.
 *
 * Ioffe and Szegedy, ICML 2015; the tangents follow by Pearlmutter's R-operator.
 */
export class BatchNorm {
  /** (u - mean) r of the last forward pass. */
  readonly normalized: Real
  /** r of the last forward pass. */
  readonly rate: Float64Array
  readonly runningMean: Float64Array
  readonly runningVariance: Float64Array
  readonly #normalizedTangent: Real
  /** The weight of each example in the statistics of the last forward pass: 0 for running ones. */
  #share = 0
  readonly #columns: ReturnType<typeof columnArrays>
  /** gamma and beta, and their gradient, direction and product. */
  readonly #parameters: Affine
  readonly #gradients: Affine
  readonly #direction: Affine
  readonly #product: Affine

  /** The arrays have room for the rows of a batch. */
  constructor(views: ParameterViews, normalized: Real, normalizedTangent: Real) {
    const m = views.parameters.outputs
    this.normalized = normalized
    this.#normalizedTangent = normalizedTangent
    this.rate = new Float64Array(m)
    this.runningMean = new Float64Array(m)
    this.runningVariance = new Float64Array(m).fill(1)
    this.#columns = columnArrays(m)
    this.#parameters = views.parameters as Affine
    this.#gradients = views.gradients as Affine
    this.#direction = views.direction as Affine
    this.#product = views.product as Affine
  }

  /** u becomes s. */
  forward(n: number, u: Real, ofBatch: boolean): void {
    const { normalized, rate } = this
    const { mean, variance } = this.#columns
    const { scale, shift } = this.#parameters
    const m = rate.length
    this.#share = ofBatch ? 1 / n : 0
    if (ofBatch) columnStatistics(n, u, mean, variance)
    else {
      mean.set(this.runningMean)
      variance.set(this.runningVariance)
    }
    // An infinite variance would silently make all outputs equal.
    for (let j = 0; j < m; j++) rate[j] = variance[j] < Infinity ? 1 / Math.sqrt(variance[j] + EPSILON) : NaN
    for (let i = 0, at = 0; i < n; i++)
      for (let j = 0; j < m; j++, at++) {
        normalized[at] = (u[at] - mean[j]) * rate[j]
        u[at] = scale[j] * normalized[at] + shift[j]
      }
  }

  /** delta = dloss/ds becomes dloss/du; adds the derivatives in gamma and beta to the gradients. */
  backward(n: number, delta: Real): void {
    const { normalized, rate } = this
    const { sum, inner } = this.#columns
    const share = this.#share
    const { scale } = this.#parameters
    const m = rate.length
    columnSums(n, delta, normalized, sum, inner)
    addTo(this.#gradients.shift, sum)
    addTo(this.#gradients.scale, inner)
    for (let i = 0, at = 0; i < n; i++)
      for (let j = 0; j < m; j++, at++) {
        const q = delta[at] - share * (sum[j] + normalized[at] * inner[j])
        delta[at] = scale[j] * rate[j] * q
      }
  }

  /** delta = dloss/ds becomes dloss/du for constant statistics. */
  backwardInput(n: number, delta: Real): void {
    const { rate } = this
    const { scale } = this.#parameters
    for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < rate.length; j++) delta[at++] *= scale[j] * rate[j]
  }

  /** R{u} becomes R{s}. */
  forwardTangent(n: number, tangent: Real): void {
    const { normalized, rate } = this
    const normalizedTangent = this.#normalizedTangent
    const { sum, inner, drift } = this.#columns
    const share = this.#share
    const { scale } = this.#parameters
    const { scale: scaleTangent, shift: shiftTangent } = this.#direction
    const m = rate.length
    columnSums(n, tangent, normalized, sum, inner)
    // The columns of `normalized` sum to zero, so the mean of R{u} drops out of the inner product.
    for (let j = 0; j < m; j++) {
      sum[j] *= share
      drift[j] = share * inner[j] * rate[j]
    }
    for (let i = 0, at = 0; i < n; i++)
      for (let j = 0; j < m; j++, at++) {
        const x = normalized[at]
        normalizedTangent[at] = rate[j] * (tangent[at] - sum[j]) - drift[j] * x
        tangent[at] = scaleTangent[j] * x + scale[j] * normalizedTangent[at] + shiftTangent[j]
      }
  }

  /** delta = dloss/ds and R{delta} become dloss/du and its tangent; adds R{dgamma} and R{dbeta} to the product. */
  backwardTangent(n: number, delta: Real, deltaTangent: Real): void {
    const { normalized, rate } = this
    const normalizedTangent = this.#normalizedTangent
    const { sum, inner, drift, sumTangent, innerTangent } = this.#columns
    const share = this.#share
    const { scale } = this.#parameters
    const { scale: scaleTangent } = this.#direction
    const m = rate.length
    columnSums(n, delta, normalized, sum, inner)
    columnSums(n, deltaTangent, normalized, sumTangent, innerTangent)
    for (let i = 0, at = 0; i < n; i++)
      for (let j = 0; j < m; j++, at++) innerTangent[j] += delta[at] * normalizedTangent[at]
    addTo(this.#product.shift, sumTangent)
    addTo(this.#product.scale, innerTangent)
    for (let i = 0, at = 0; i < n; i++)
      for (let j = 0; j < m; j++, at++) {
        const x = normalized[at]
        const q = delta[at] - share * (sum[j] + x * inner[j])
        const qTangent =
          deltaTangent[at] - share * (sumTangent[j] + normalizedTangent[at] * inner[j] + x * innerTangent[j])
        const r = rate[j]
        delta[at] = scale[j] * r * q
        deltaTangent[at] = r * ((scaleTangent[j] - drift[j] * scale[j]) * q + scale[j] * qTangent)
      }
  }

  /** Whether the statistics of the last batch are finite. */
  get hasFiniteStatistics(): boolean {
    const { mean, variance } = this.#columns
    return mean.every(Number.isFinite) && variance.every(Number.isFinite)
  }

  /** running += momentum (statistics of the last batch of n examples - running), with the unbiased variance. */
  updateRunning(n: number, momentum: number): void {
    const { runningMean, runningVariance } = this
    const { mean, variance } = this.#columns
    const unbiased = n > 1 ? n / (n - 1) : 1
    for (let j = 0; j < mean.length; j++) {
      runningMean[j] += momentum * (mean[j] - runningMean[j])
      runningVariance[j] += momentum * (unbiased * variance[j] - runningVariance[j])
    }
  }
}

/** Numbers of one pass, one per column. */
function columnArrays(m: number) {
  const column = () => new Float64Array(m)
  return {
    mean: column(),
    variance: column(),
    /** R{r} = -r drift. */
    drift: column(),
    sum: column(),
    inner: column(),
    sumTangent: column(),
    innerTangent: column(),
  }
}

interface Affine {
  readonly scale: Real
  readonly shift: Real
}
