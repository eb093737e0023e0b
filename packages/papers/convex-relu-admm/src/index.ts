/**
 * Two-layer ReLU networks trained to the global optimum by convex optimisation.
 *
 * @packageDocumentation
 */

export type { AttackOptions } from '@opt/nn'
export { type BlockDescentOptions, type BlockDescentReport, blockDescent } from './admm/block-descent.ts'
export { convexRelu } from './convex-relu.ts'
export {
  type CrossValidation,
  type CrossValidationOptions,
  type CrossValidationReport,
  crossValidateBeta,
} from './estimator/cross-validation.ts'
export { ConvexReluNetwork } from './estimator/estimator.ts'
export type { ConvexReluNetworkOptions, FitOptions } from './estimator/estimator-options.ts'
export type { Certificate, DenseLayers, Saved } from './estimator/saved.ts'
export { patternCount, patternStatistics, patternUpperBound, samplesNeeded } from './patterns/count.ts'
export { enumeratePatterns } from './patterns/enumerate.ts'
export type { Patterns, PatternsLike } from './patterns/patterns.ts'
export { type SampledPatterns, type SampleOptions, samplePatterns } from './patterns/sample.ts'
export { type ThickOptions, type ThickPatterns, thickPatterns } from './patterns/thick-patterns.ts'
export type { LossName } from './program/losses.ts'
export {
  type ConvexWeights,
  fromNetwork,
  inputGradient,
  type Network,
  type NetworkLike,
  predict,
  toNetwork,
} from './program/network.ts'
export type {
  AdmmState,
  BlockOptions,
  ConvexReluOptions,
  ConvexReluReport,
  ConvexReluSolution,
  Method,
} from './program/options.ts'
export {
  type AdversarialOptions,
  adversarialAccuracy,
  fgsm,
  type PgdOptions,
  pgd,
} from './robust/attacks.ts'
export {
  type SampledConvexOptions,
  type SampledConvexReport,
  type SampledConvexSolution,
  sampledConvex,
} from './sampled/sampled-convex.ts'
