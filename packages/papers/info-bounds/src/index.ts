/**
 * Says whether your data has shifted and by how much accuracy can move, layer by layer; with the contraction of noise layers and exact information-theoretic generalization bounds.
 *
 * @packageDocumentation
 */

export { gaussianDivergence } from './estimators/gaussian-divergence.ts'
export { intrinsicDimension, knnDivergence } from './estimators/neighbours.ts'
export { activations } from './network/activations.ts'
export type { ActivationName, DenseLayer, LayerFunction, Network, NetworkLike } from './network/layers.ts'
export type { Distances } from './shift/divergence.ts'
export type { Sample } from './shift/samples.ts'
export {
  type DividedState,
  type ShiftOptions,
  type ShiftProgress,
  type ShiftReport,
  shiftReport,
} from './shift/shift-report.ts'
export { type SmoothedDivergence, type SmoothedOptions, smoothedDivergence } from './shift/smoothed-divergence.ts'
export {
  type ProfileLayer,
  type ProfileOptions,
  type ProfileReport,
  type SmoothedProfile,
  smoothedProfile,
} from './shift/smoothed-profile.ts'
export { finiteParameterInformation, type GibbsBoundOptions, gibbsBound, klBound } from './theory/bounds.ts'
export {
  type ContractedOptions,
  type Contraction,
  contracted,
  dropConnectContraction,
  dropoutContraction,
  gaussianContraction,
  outputDiameter,
} from './theory/contraction.ts'
export { type GaussianLayer, type GaussianLinearOptions, gaussianLinear } from './theory/gaussian-linear.ts'
export { type Laboratory, laboratory } from './theory/laboratory.ts'
export type { LaboratoryActivation, LaboratoryOptions } from './theory/laboratory-options.ts'
export type { LaboratoryNoise } from './theory/push-forward.ts'
export type { Loss } from './transport/losses.ts'
export { type SlicedOptions, slicedWasserstein1 } from './transport/sliced.ts'
export {
  type ChainLayer,
  type ChainOptions,
  type WassersteinChain,
  wassersteinChain,
} from './transport/wasserstein-chain.ts'
export { type Wasserstein1, type Wasserstein1Options, wasserstein1 } from './transport/wasserstein1.ts'
