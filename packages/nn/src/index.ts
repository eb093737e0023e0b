/**
 * Small dense networks with exact oracles.
 *
 * @packageDocumentation
 */

export { fgsm, type PgdOptions, pgd } from './attacks/attacks.ts'
export { ATTACK_OPTIONS, type Attackable, type AttackOptions, type InputGradient } from './attacks/checks.ts'
export {
  type ClippedGradients,
  type ClippedGradientsOptions,
  type ClippedMeanOptions,
  clippedGradients,
} from './clipping/clipped-gradients.ts'
export type { Examples } from './data/examples.ts'
export type { Inputs, Targets } from './data/intake.ts'
export { type Activation, type ActivationName, elementwise } from './layers/activations.ts'
export { type Initialization, initialize } from './layers/initialization.ts'
export type { Loss, LossName, TargetRule } from './layers/losses.ts'
export type { NoiseState } from './layers/noise.ts'
export type { NoiseOptions } from './layers/noise-options.ts'
export type { LayerViews } from './layers/parameters.ts'
export { accuracy, confusion, predictedClass, rSquared } from './metrics.ts'
export { type MlpOptions, mlp } from './network/mlp.ts'
export { DenseNetwork } from './network/network.ts'
export type { NetworkState } from './network/state.ts'
export { type Objective, objective } from './objective.ts'
export {
  type CurvatureOperator,
  type CurvatureOperatorOptions,
  curvatureOperator,
} from './operator/curvature-operator.ts'
export type { CurvatureMatrix } from './operator/kept.ts'
export type { BackpropagationOptions, Cotangents } from './oracles/backpropagation.ts'
export type { DifferenceOptions } from './oracles/gradient-differences.ts'
export type { GradientStatistics, StatisticsOptions } from './oracles/gradient-statistics.ts'
export type { LossOptions, WeightOptions } from './oracles/loss-options.ts'
export type { NormLayers, NormOptions } from './oracles/per-example.ts'
export type { Tangent } from './oracles/tangents.ts'
export type { Precision, Real } from './real.ts'
export type { Batch, Checkpoint, Stepper, Trained, TrainOptions, TrainReport } from './training/options.ts'
export { train } from './training/train.ts'
