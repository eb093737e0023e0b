/**
 * A learning rate for every batch size from the curvature of your own batches, and none to search.
 *
 * @packageDocumentation
 */

export type {
  BatchProduct,
  CurvatureMatrix,
  CurvatureNetwork,
  NetworkData,
  PreparedProducts,
  Products,
  Sizes,
} from './batches.ts'
export { type LanczosStepOptions, lanczosStep } from './learner/lanczos-step.ts'
export type { LearnerState, Measurement, Probe, RateLearnerOptions } from './learner/learner-types.ts'
export { RateLearner } from './learner/rate-learner.ts'
export { type BatchNoise, type BatchNoiseOptions, type BatchNoiseReport, batchNoise } from './noise/batch-noise.ts'
export { type BatchSharpness, batchSharpness } from './noise/batch-sharpness.ts'
export {
  type MeasuredSharpness,
  type MeasuredSharpnessOptions,
  measuredSharpness,
  type SharpnessReport,
} from './noise/measured-sharpness.ts'
export { effectiveBatch } from './theory/effective-batch.ts'
export { lateDecay } from './theory/late-decay.ts'
export {
  type MaximalRateOptions,
  type MinimalDampingOptions,
  maximalRate,
  meanSquareRate,
  minimalDamping,
  polyak,
} from './theory/maximal-rate.ts'
export { type ScaledRate, type ScaleRateOptions, scaleRate } from './theory/scale-rate.ts'
export {
  type AdditiveOptions,
  additive,
  type MultiplicativeOptions,
  multiplicative,
  type Spike,
  type SpikeInBulk,
  spike,
} from './theory/spikes.ts'
