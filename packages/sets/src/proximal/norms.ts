import { number, options as optionsOf } from '@opt/core'
import { largest, length, powerOfTwoNear } from '../linear/vectors.ts'
import { type ProximalTerm, term, weightOf } from './term.ts'

/** sign(v) max(|v| - threshold, 0). */
export const soften = (v: number, threshold: number): number =>
  v > threshold ? v - threshold : v < -threshold ? v + threshold : 0

/** Moves x towards 0 by `distance`, and not beyond. */
export function shorten(x: Float64Array, distance: number): void {
  // In units near the largest entry the length does not overflow.
  const unit = powerOfTwoNear(largest(x))
  for (let i = 0; i < x.length; i++) x[i] /= unit
  const kept = Math.max(1 - distance / unit / length(x), 0)
  for (let i = 0; i < x.length; i++) x[i] = kept > 0 ? x[i] * kept * unit : 0
}

/** {@link l1Norm} with its weight. */
export interface L1Norm extends ProximalTerm {
  readonly kind: 'l1Norm'
  readonly weight: number
}

/**
 * weight sum |x_i|; its proximal operator is soft thresholding, sign(v_i) max(|v_i| - step weight,
 * 0).
 *
 * @throws RangeError when the weight is negative.
 */
export function l1Norm(weight = 1): L1Norm {
  weightOf(weight, 'l1Norm')
  const norm = term('l1Norm', {
    value: (x) => x.reduce((sum, v) => sum + weight * Math.abs(v), 0),
    proxInPlace(x, step) {
      for (let i = 0; i < x.length; i++) x[i] = soften(x[i], step * weight)
    },
  })
  return { ...norm, kind: 'l1Norm', weight }
}

/**
 * weight ||x||^2 / 2; its proximal operator is v / (1 + step weight).
 *
 * @throws RangeError when the weight is negative.
 */
export function squaredL2Norm(weight = 1): ProximalTerm {
  weightOf(weight, 'squaredL2Norm')
  return term('squaredL2Norm', {
    value: (x) => x.reduce((sum, v) => sum + (weight / 2) * v * v, 0),
    proxInPlace(x, step) {
      const divisor = 1 + step * weight
      for (let i = 0; i < x.length; i++) x[i] /= divisor
    },
  })
}

/**
 * weight ||x||; its proximal operator is max(1 - step weight / ||v||, 0) v.
 *
 * @throws RangeError when the weight is negative.
 */
export function l2Norm(weight = 1): ProximalTerm {
  weightOf(weight, 'l2Norm')
  return term('l2Norm', {
    value: (x) => weight * length(x),
    proxInPlace: (x, step) => shorten(x, step * weight),
  })
}

/** Options of {@link elasticNet}. */
export interface ElasticNetOptions {
  /** Weight of sum |x_i|. */
  l1: number
  /** Weight of ||x||^2 / 2. */
  l2: number
}

/**
 * l1 sum |x_i| + l2 ||x||^2 / 2 (Zou and Hastie, 2005); its proximal operator is soft thresholding
 * by step l1, divided by 1 + step l2.
 *
 * @throws RangeError when a weight is negative.
 */
export function elasticNet(options: ElasticNetOptions): ProximalTerm {
  const { l1, l2 } = optionsOf(options, 'elasticNet: options', ['l1', 'l2'])
  number(l1, 'elasticNet: l1', { nonnegative: true })
  number(l2, 'elasticNet: l2', { nonnegative: true })
  return term('elasticNet', {
    value: (x) => x.reduce((sum, v) => sum + l1 * Math.abs(v) + (l2 / 2) * v * v, 0),
    proxInPlace(x, step) {
      const divisor = 1 + step * l2
      for (let i = 0; i < x.length; i++) x[i] = soften(x[i], step * l1) / divisor
    },
  })
}
