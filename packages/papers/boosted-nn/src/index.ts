/**
 * Networks of one hidden layer, grown stage by stage by gradient boosting.
 *
 * @packageDocumentation
 */

export type { Label } from '@opt/core'
export type { ActivationName } from './activations.ts'
export { type BaseObjective, type BaseObjectiveOptions, baseObjective } from './base-objective.ts'
export {
  type BoostedNetworkOptions,
  type BoostedSolution,
  type BoostingProblem,
  type BoostingReport,
  type BoostingState,
  boostedNetwork,
} from './boosted-network.ts'
export { type BoostingLoss, losses } from './boosting-losses.ts'
export {
  type ChoiceScore,
  type CrossValidation,
  type CrossValidationOptions,
  type CrossValidationReport,
  crossValidate,
} from './estimator/cross-validate.ts'
export { BoostedNetwork } from './estimator/estimator.ts'
export type { TableTargets } from './estimator/labels.ts'
export type { SavedTable } from './estimator/saved.ts'
export type { FitOptions, TableOptions } from './estimator/table-options.ts'
export type { SavedBest, TableKey, TableState } from './estimator/table-state.ts'
export {
  decision,
  type GrownNetwork,
  type GrownNetworkLike,
  probabilities,
  staged,
  type UnitsOption,
} from './grown-network.ts'
export type { LossName } from './losses.ts'
export type { GrowthOptions } from './settings.ts'
export type { StageWeights } from './stage/weights.ts'
export { frozenFeatures, type LayerOption, toNetwork, type WeldOptions, weld } from './to-network.ts'
