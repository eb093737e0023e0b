/**
 * Chooses a small model among a hundred variants by training them all at once.
 *
 * @packageDocumentation
 */

export {
  type EvolveOptions,
  evolve,
  exhaustive,
  type Fitness,
  type SearchAnswer,
  type SearchReport,
} from './ranking/evolve.ts'
export { type KendallTau, kendallTau } from './ranking/kendall.ts'
export { type Ranking, type RankOptions, type RankReport, rankPaths } from './ranking/rank-paths.ts'
export { type Finalist, type ModelSearch, type SearchModelsReport, searchModels } from './ranking/search-models.ts'
export type { SearchModelsOptions } from './ranking/search-settings.ts'
export type { StandardizationState } from './ranking/table.ts'
export { TableModel, type TableModelState } from './ranking/table-model.ts'
export { DataSampler, type DataSamplerOptions, type DataSamplerState } from './samplers/data-sampler.ts'
export type { Uniforms } from './samplers/draw.ts'
export { PathSampler, type PathSamplerState } from './samplers/path-sampler.ts'
export type { PathMode, PathSamplerOptions } from './samplers/path-settings.ts'
export {
  type Operation,
  type OperationName,
  type Path,
  type SearchSpace,
  type SpaceOptions,
  searchSpace,
} from './space.ts'
export type { Data } from './supernet/examples.ts'
export type { Dtype } from './supernet/memory.ts'
export type { SupernetOptions } from './supernet/settings.ts'
export type { SupernetState } from './supernet/state.ts'
export { type PathGradient, Supernet } from './supernet/supernet.ts'
export type { TrainingState } from './training/checkpoint.ts'
export type { DescentOptions, SamplingOptions } from './training/settings.ts'
export { type TrainAloneOptions, type TrainAloneReport, type TrainedAlone, trainAlone } from './training/train-alone.ts'
export {
  type TrainedSupernet,
  type TrainSupernetOptions,
  type TrainSupernetReport,
  trainSupernet,
} from './training/train-supernet.ts'
export {
  type GradientVariance,
  gradientVariance,
  type Optimum,
  type VarianceOptions,
  type VarianceReport,
} from './variance/gradient-variance.ts'
