import { calling, exp, number, oneOf, options as optionsOf, type VectorLike, vector } from '@opt/core'

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI)

/** Options of {@link scaling.outliers}. */
export interface OutlierScalingOptions {
  /** p: the part of the measurements with an outlier, between 0 and 1. */
  corruption: number
  /** The outlier s itself, or the deviation of N(0, sigma^2). */
  outlierScale: number
  /** Default 'normal'. */
  outlier?: 'normal' | 'constant' | undefined
}

/**
 * The scaling function phi(X) of the paper's noise models: for standard normal A, E[sign(<A, X> - s) A] is
 * phi(X) X / norm(X). `norm` is the Frobenius norm of X, positive. Each throws TypeError or RangeError.
 */
export const scaling: {
  /** sqrt(2/pi): no noise. */
  noiseless: () => number
  /** sqrt(2/pi) norm / sqrt(norm^2 + nu^2): noise N(0, nu^2). */
  gaussian: (norm: number, nu: number) => number
  /**
   * sqrt(2/pi) (1 - p + p E exp(-s^2 / (2 norm^2))): an outlier with probability p; above sqrt(2/pi) (1 - p) however large
   * it is.
   */
  outliers: (norm: number, options: OutlierScalingOptions) => number
  /** sqrt(2/pi) times the mean of exp(-s_k^2 / (2 norm^2)): for known noise. */
  fromNoise: (norm: number, noise: VectorLike) => number
} = {
  noiseless: () => SQRT_2_OVER_PI,
  gaussian: (norm, nu) =>
    calling('scaling.gaussian', () => {
      number(norm, 'norm', { positive: true })
      const ratio = number(nu, 'nu', { nonnegative: true }) / norm
      return SQRT_2_OVER_PI / Math.sqrt(1 + ratio * ratio)
    }),
  outliers: (norm, options) =>
    calling('scaling.outliers', () => {
      number(norm, 'norm', { positive: true })
      const {
        corruption,
        outlierScale,
        outlier = 'normal',
      } = optionsOf(options, 'options', ['corruption', 'outlierScale', 'outlier'])
      const p = number(corruption, 'corruption', { min: 0, max: 1 })
      const ratio = number(outlierScale, 'outlierScale', { nonnegative: true }) / norm
      oneOf(outlier, 'outlier', ['normal', 'constant'])
      const kept = outlier === 'normal' ? 1 / Math.sqrt(1 + ratio * ratio) : exp((-ratio * ratio) / 2)
      return SQRT_2_OVER_PI * (1 - p + p * kept)
    }),
  fromNoise: (norm, noise) =>
    calling('scaling.fromNoise', () => {
      number(norm, 'norm', { positive: true })
      const s = vector(noise, 'noise')
      let sum = 0
      for (const value of s) sum += exp((-(value / norm) * (value / norm)) / 2)
      return (SQRT_2_OVER_PI * sum) / s.length
    }),
}
