import type { Real } from '../real.ts'

/** Writes the mean and the biased variance of each column of u. */
export function columnStatistics(n: number, u: Real, mean: Float64Array, variance: Float64Array): void {
  const m = mean.length
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
}

/** Writes the column sums of d and of d x, entry by entry. */
export function columnSums(n: number, d: Real, x: Real, sum: Float64Array, inner: Float64Array): void {
  sum.fill(0)
  inner.fill(0)
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < sum.length; j++, at++) {
      sum[j] += d[at]
      inner[j] += d[at] * x[at]
    }
}

/** out += x. */
export function addTo(out: Real, x: Float64Array): void {
  for (let j = 0; j < x.length; j++) out[j] += x[j]
}
