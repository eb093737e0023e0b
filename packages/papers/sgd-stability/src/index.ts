/**
 * Tells at which learning rates SGD stays at a minimum: sharpness, the exact critical rate for any batch size, bounds around it, and what they say of networks.
 *
 * @packageDocumentation
 */

export {
  type Gradients,
  Linearization,
  type LinearizeOptions,
  linearize,
  linearizeKernel,
} from './linear/linearization.ts'
export {
  type Alignment,
  type AlignmentBounds,
  type AlignmentBoundsOptions,
  alignment,
  alignmentBounds,
} from './measures/alignment.ts'
export {
  type EstimatedSharpness,
  type EstimateOptions,
  type EstimateReport,
  estimateSharpness,
  probeVariance,
} from './measures/estimate-sharpness.ts'
export { type Sharpness, sharpness } from './measures/sharpness.ts'
export {
  balanceDiagonal,
  type DiagonalBounds,
  type DiagonalKind,
  diagonalBounds,
  diagonalGradients,
  type IsotropicDiagonalBounds,
  isotropicDiagonalBounds,
} from './networks/diagonal.ts'
export { balance, pathNorm, reluGradients } from './networks/relu.ts'
export {
  gaussianReluBounds,
  type RademacherOptions,
  type ReluBounds,
  rademacherBound,
  reluBounds,
} from './networks/relu-bounds.ts'
export { type CriticalRate, type CriticalRateReport, criticalRate } from './rates/critical-rate.ts'
export { isStable, type Stability, type StabilityOptions, type StabilityReport } from './rates/is-stable.ts'
export type { BatchOptions } from './rates/noise.ts'
export { type KnownSharpness, type RateBounds, type RateBoundsOptions, rateBounds } from './rates/rate-bounds.ts'
export {
  type SecondMomentCheckpoint,
  type SecondMomentOptions,
  type SecondMomentReport,
  type SecondMoments,
  secondMoment,
} from './rates/second-moment.ts'
export {
  type StableRate,
  type StableRates,
  type StableRatesOptions,
  type StableRatesReport,
  stableRates,
} from './rates/stable-rates.ts'
