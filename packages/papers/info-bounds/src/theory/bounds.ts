import { calling, log, nrm2, number, options, type VectorLike, vector } from '@opt/core'

/**
 * Returns the hierarchical bound of the generalization gap: the mean of sqrt(2 sigma^2 D) over the examples' divergences
 * at any one layer (He and Goldfeld, arXiv 2404.03176).
 *
 * @param divergences D_l of each training example, or one number if all are alike; nonnegative, in nats.
 * @param given sigma: the loss is sigma-sub-Gaussian; default 1/2, for losses in [0, 1].
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function klBound(divergences: number | VectorLike, given?: { sigma?: number | undefined }): number {
  return calling('klBound', () => {
    const { sigma = 0.5 } = options(given, 'options', ['sigma'])
    number(sigma, 'sigma', { positive: true })
    const all = vector(typeof divergences === 'number' ? [divergences] : divergences, 'divergences', {
      sign: 'nonnegative',
    })
    return all.reduce((sum, d) => sum + (sigma * Math.SQRT2 * Math.sqrt(d)) / all.length, 0)
  })
}

/** Options of {@link gibbsBound}. */
export interface GibbsBoundOptions {
  /** Inverse temperature of the Gibbs algorithm. */
  beta: number
  /** Number of training examples. */
  samples: number
  /** Product of the contraction coefficients of all layers. Default 1. */
  coefficient?: number | undefined
  /** I(Y_i; W), what the weights know of one label. Default 0. */
  label?: number | undefined
  /** The loss is sigma-sub-Gaussian; default 1/2, for losses in [0, 1]. */
  sigma?: number | undefined
}

/**
 * Bounds the generalization gap of the Gibbs algorithm, P(w | S) ~ prior exp(-beta L_S(w)): a + sqrt(a^2 + 2 sigma^2
 * (1 - e) D_Y), with a = sigma^2 e beta / n and e the `coefficient`; 2 sigma^2 beta / n without contraction.
 *
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function gibbsBound(given: GibbsBoundOptions): number {
  return calling('gibbsBound', () => {
    const names = ['beta', 'samples', 'coefficient', 'label', 'sigma'] as const
    const { beta, samples, coefficient = 1, label = 0, sigma = 0.5 } = options(given, 'options', names)
    number(beta, 'beta', { nonnegative: true })
    number(samples, 'samples', { integer: true, min: 1 })
    number(coefficient, 'coefficient', { min: 0, max: 1 })
    number(label, 'label', { nonnegative: true })
    number(sigma, 'sigma', { positive: true })
    const a = sigma * sigma * coefficient * (beta / samples)
    return a + nrm2([a, sigma * Math.sqrt(2 * (1 - coefficient) * label)])
  })
}

/**
 * Bounds what a network of finitely many parameter values can know of one of its training examples: I(Z_i; W) <=
 * weights ln(values) / samples, in nats.
 *
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function finiteParameterInformation(given: { weights: number; values: number; samples: number }): number {
  return calling('finiteParameterInformation', () => {
    const { weights, values, samples } = options(given, 'options', ['weights', 'values', 'samples'])
    number(weights, 'weights', { integer: true, min: 1 })
    number(values, 'values', { integer: true, min: 1 })
    number(samples, 'samples', { integer: true, min: 1 })
    return (weights * log(values)) / samples
  })
}
