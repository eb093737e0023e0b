/**
 * Two-layer ReLU networks trained to the global optimum by convex optimisation.
 *
 * @packageDocumentation
 */

export {
  type AdversarialOptions,
  type AttackOptions,
  adversarialAccuracy,
  fgsm,
  inputGradient,
  type PgdOptions,
  pgd,
} from './attacks.ts'
export { type BlockDescentOptions, blockDescent } from './block-descent-solver.ts'
export { convexRelu } from './convex-relu.ts'
export {
  type CrossValidation,
  type CrossValidationOptions,
  type CrossValidationReport,
  crossValidateBeta,
} from './cross-validation.ts'
export { enumeratePatterns } from './enumerate.ts'
export { ConvexReluNetwork } from './estimator.ts'
export type { ConvexReluNetworkOptions, FitOptions } from './estimator-options.ts'
export type { LossName } from './losses.ts'
export {
  type ConvexWeights,
  fromNetwork,
  type Network,
  type NetworkLike,
  predict,
  toNetwork,
} from './network.ts'
export type {
  AdmmState,
  BlockOptions,
  ConvexReluOptions,
  ConvexReluReport,
  ConvexReluSolution,
  Method,
} from './options.ts'
export {
  type Patterns,
  type PatternsLike,
  patternCount,
  patternStatistics,
  patternUpperBound,
  type SampledPatterns,
  type SampleOptions,
  samplePatterns,
  samplesNeeded,
} from './patterns.ts'
export {
  type SampledConvexOptions,
  type SampledConvexReport,
  type SampledConvexSolution,
  sampledConvex,
} from './sampled-convex.ts'
export type { Certificate, DenseLayers, Saved } from './saved.ts'
export { type ThickOptions, type ThickPatterns, thickPatterns } from './thick-patterns.ts'
