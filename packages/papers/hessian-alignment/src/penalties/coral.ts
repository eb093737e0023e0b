import { allocate, gemmScratch, matrixKernels, matrixView, transpose } from '@opt/core'

/** Rows of features, n x d, of one domain. */
export interface FeatureRows {
  readonly count: number
  readonly features: ArrayLike<number>
}

/**
 * The mean over pairs of domains of mean_j (mu_i - mu_j)^2 + mean_jk (C_i - C_j)^2, mu and C the mean and the unbiased
 * covariance of the features (Sun and Saenko 2016, as in DomainBed), and its gradient in the features.
 */
export function coral(
  domains: readonly FeatureRows[],
  d: number,
  withGradient = true,
): { value: number; gradients: Float64Array[] } {
  const E = domains.length
  const most = domains.reduce((size, { count }) => Math.max(size, count), 0)
  const { kernels, X, C, G, work } = allocate([matrixKernels], (views) => ({
    X: views.f64(most * d),
    C: views.f64(d * d),
    G: views.f64(most * d),
    work: views.f64(Math.max(gemmScratch(d, d, most), gemmScratch(most, d, d))),
  }))
  const centre = ({ count: n, features }: FeatureRows): Float64Array => {
    const mean = new Float64Array(d)
    for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j] += features[at++] / n
    for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++, at++) X[at] = features[at] - mean[j]
    return mean
  }

  const means: Float64Array[] = []
  const covariances = domains.map((domain) => {
    means.push(centre(domain))
    const rows = matrixView(X, domain.count, d)
    C.fill(0)
    kernels.gemm(1 / (domain.count - 1), transpose(rows), rows, matrixView(C, d, d), work)
    return new Float64Array(C)
  })

  // Sums over all pairs are E times the sums of squares around the means.
  const pairs = (E * (E - 1)) / 2
  let value = 0
  const around = (all: readonly Float64Array[], size: number) => {
    const centred = all.map((x) => x.slice())
    for (let k = 0; k < all[0].length; k++) {
      let mean = 0
      for (const x of all) mean += x[k] / E
      for (const x of centred) {
        x[k] -= mean
        value += (E * x[k] * x[k]) / (pairs * size)
      }
    }
    return centred
  }
  const meanResiduals = around(means, d)
  const residuals = around(covariances, d * d)
  if (!withGradient) return { value, gradients: [] }

  const gradients = domains.map((domain, e) => {
    const n = domain.count
    centre(domain)
    C.set(residuals[e])
    G.fill(0, 0, n * d)
    const factor = (4 * E) / (pairs * d * d * (n - 1))
    kernels.gemm(factor, matrixView(X, n, d), matrixView(C, d, d), matrixView(G, n, d), work)
    const out = new Float64Array(n * d)
    for (let i = 0, at = 0; i < n; i++)
      for (let j = 0; j < d; j++, at++) out[at] = G[at] + (2 * E * meanResiduals[e][j]) / (pairs * d * n)
    return out
  })
  return { value, gradients }
}
