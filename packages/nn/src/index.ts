/**
 * Small dense networks with exact oracles.
 *
 * @packageDocumentation
 */

export { type Activation, type ActivationName, elementwise } from './activations.ts'
export type { Examples } from './examples.ts'
export type { Initialization } from './initialization.ts'
export { initialize } from './initialization.ts'
export type { Inputs, Targets } from './intake.ts'
export type { LayerViews } from './layout.ts'
export type { Loss, LossName, TargetRule } from './losses.ts'
export { accuracy, confusion, predictedClass } from './metrics.ts'
export { DenseNetwork, mlp } from './network.ts'
export { type Objective, objective } from './objective.ts'
export type { MlpOptions } from './options.ts'
export type { Precision, Real } from './real.ts'
export type { NormLayers, NormOptions } from './single-examples.ts'
export type { NetworkState } from './state.ts'
export {
  type Batch,
  type Checkpoint,
  type Stepper,
  type Trained,
  type TrainOptions,
  type TrainReport,
  train,
} from './train.ts'
