import type { Norm } from './buffers.ts'
import type { LayerViews } from './layout.ts'
import type { Real } from './real.ts'

/**
 * Batch normalisation of n rows of m columns: s = gamma (u - mean) r + beta with r = 1 / sqrt(variance + 1e-5); mean and variance
 * of the batch, or running ones. Ioffe and Szegedy, ICML 2015; the tangents follow by Pearlmutter's R-operator.
 */

const EPSILON = 1e-5

/** u becomes s. */
export function normalize(n: number, u: Real, layer: LayerViews, norm: Norm, ofBatch: boolean): void {
  const { outputs: m, scale, shift } = layer as LayerViews & { scale: Real; shift: Real }
  const { normalized, mean, variance, rate, runningMean, runningVariance } = norm
  if (ofBatch) {
    mean.fill(0)
    for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < m; j++) mean[j] += u[at++]
    for (let j = 0; j < m; j++) mean[j] /= n
    variance.fill(0)
    for (let i = 0, at = 0; i < n; i++)
      for (let j = 0; j < m; j++) {
        const centred = u[at++] - mean[j]
        variance[j] += centred * centred
      }
    for (let j = 0; j < m; j++) variance[j] /= n
  } else {
    mean.set(runningMean)
    variance.set(runningVariance)
  }
  // A variance beyond the largest double would make all outputs equal without a word.
  for (let j = 0; j < m; j++) rate[j] = variance[j] < Infinity ? 1 / Math.sqrt(variance[j] + EPSILON) : NaN
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < m; j++, at++) {
      normalized[at] = (u[at] - mean[j]) * rate[j]
      u[at] = scale[j] * normalized[at] + shift[j]
    }
}

/** sum = column sums of d, inner = column sums of d x. */
function columnSums(n: number, m: number, d: Real, x: Real, sum: Float64Array, inner: Float64Array): void {
  sum.fill(0)
  inner.fill(0)
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < m; j++, at++) {
      sum[j] += d[at]
      inner[j] += d[at] * x[at]
    }
}

const addTo = (out: Real, x: Float64Array) => {
  for (let j = 0; j < x.length; j++) out[j] += x[j]
}

/** delta = dloss/ds becomes dloss/du; gamma's and beta's derivatives are added to `out`. */
export function normalizeBackward(
  n: number,
  delta: Real,
  layer: LayerViews,
  norm: Norm,
  ofBatch: boolean,
  out: LayerViews,
): void {
  const m = layer.outputs
  const scale = layer.scale as Real
  const { normalized, rate, sums } = norm
  const [sum, inner] = sums
  columnSums(n, m, delta, normalized, sum, inner)
  addTo(out.shift as Real, sum)
  addTo(out.scale as Real, inner)
  const share = ofBatch ? 1 / n : 0
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < m; j++, at++) {
      const q = delta[at] - share * (sum[j] + normalized[at] * inner[j])
      delta[at] = scale[j] * rate[j] * q
    }
}

/** R{u} becomes R{s}. */
export function normalizeTangent(
  n: number,
  tangent: Real,
  layer: LayerViews,
  direction: LayerViews,
  norm: Norm,
  ofBatch: boolean,
): void {
  const m = layer.outputs
  const { normalized, normalizedTangent, rate, drift, sums } = norm
  const [sum, inner] = sums
  const scale = layer.scale as Real
  const scaleTangent = direction.scale as Real
  const shiftTangent = direction.shift as Real
  columnSums(n, m, tangent, normalized, sum, inner)
  // The columns of `normalized` sum to zero, so the mean of R{u} drops out of the inner product.
  const share = ofBatch ? 1 / n : 0
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

/** delta = dloss/ds and R{delta} become dloss/du and its tangent; R{dgamma} and R{dbeta} are added to `out`. */
export function normalizeTangentBackward(
  n: number,
  delta: Real,
  deltaTangent: Real,
  layer: LayerViews,
  direction: LayerViews,
  norm: Norm,
  ofBatch: boolean,
  out: LayerViews,
): void {
  const m = layer.outputs
  const { normalized, normalizedTangent, rate, drift, sums } = norm
  const [sum, inner, sumTangent, innerTangent] = sums
  const scale = layer.scale as Real
  const scaleTangent = direction.scale as Real
  columnSums(n, m, delta, normalized, sum, inner)
  columnSums(n, m, deltaTangent, normalized, sumTangent, innerTangent)
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < m; j++, at++) innerTangent[j] += delta[at] * normalizedTangent[at]
  addTo(out.shift as Real, sumTangent)
  addTo(out.scale as Real, innerTangent)
  const share = ofBatch ? 1 / n : 0
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

/** Are the statistics of the last batch finite? */
export const areFinite = ({ mean, variance }: Norm): boolean =>
  mean.every(Number.isFinite) && variance.every(Number.isFinite)

/** Folds the statistics of the last batch into the running ones, the variance unbiased. */
export function foldStatistics(n: number, norm: Norm, momentum: number): void {
  const { mean, variance, runningMean, runningVariance } = norm
  const unbiased = n > 1 ? n / (n - 1) : 1
  for (let j = 0; j < mean.length; j++) {
    runningMean[j] += momentum * (mean[j] - runningMean[j])
    runningVariance[j] += momentum * (unbiased * variance[j] - runningVariance[j])
  }
}
