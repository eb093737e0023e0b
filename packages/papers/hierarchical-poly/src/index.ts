/**
 * Learns a response that is a curve of one polynomial score of many inputs: first the score, then the curve.
 *
 * @packageDocumentation
 */

export { type KernelName, type KernelRidge, type KernelRidgeOptions, kernelRidge } from './baselines/kernel-ridge.ts'
export { hermiteFeatures } from './hermite/features.ts'
export { hermiteKernel } from './hermite/kernel.ts'
export {
  type HierarchicalModel,
  type HierarchicalOptions,
  type HierarchicalProblem,
  type HierarchicalReport,
  type HierarchicalSolution,
  hierarchicalFit,
} from './hierarchical-fit.ts'
export type { LayerwiseNetwork } from './layerwise/network.ts'
export type { RandomFeatures } from './layerwise/random-features.ts'
export type { LayerwiseState } from './layerwise/state.ts'
export {
  type LayerwiseOptions,
  type LayerwiseReport,
  type LayerwiseSolution,
  layerwise,
} from './layerwise.ts'
export type { FitStep, HierarchicalState, Plain } from './model/fit-state.ts'
export type { Link, LinkUnits } from './model/link.ts'
export type { Score } from './model/score-fit.ts'
export { type CrossValidation, type CrossValidationOptions, crossValidate } from './regressor/cross-validate.ts'
export { drawModel, modelFigures } from './regressor/figures.ts'
export type { HierarchicalRegressorOptions } from './regressor/options.ts'
export { type FitOptions, HierarchicalRegressor, type Quadratic } from './regressor/regressor.ts'
export type { FitReport, SavedRegressor } from './regressor/saved.ts'
export type { ScaleName, Scaling } from './regressor/scaling.ts'
export type { Term } from './regressor/terms.ts'
export { type RidgeLoo, ridgeLoo } from './ridge/ridge-loo.ts'
export { hermiteCoefficients, type LimitFeature, limitFeature } from './theory.ts'
export { toNetwork } from './to-network.ts'
