/**
 * Finds out which training examples matter: scores from early training, and what to do with them.
 *
 * @packageDocumentation
 */

export { type Barrier, errorBarrier, errorOf } from './geometry/barrier.ts'
export { kernelDistance, kernelVelocity, ntk } from './geometry/tangent-kernel.ts'
export type { Rows } from './intake.ts'
export { type AverageState, ScoreAverage } from './scores/average.ts'
export { correct } from './scores/correct.ts'
export { type ErrorNormOptions, el2n, type ScoreOptions } from './scores/el2n.ts'
export { type ForgettingState, ForgettingTracker } from './scores/forgetting.ts'
export { type GrandOptions, grand, grandLastLayer, type LastLayerOptions } from './scores/grand.ts'
export { type MarginOptions, margin } from './scores/margin.ts'
export { type ScoredBatch, type ScoreStreamOptions, scoreStream } from './scores/stream.ts'
export { type Detection, detection, type NoisyLabels, permuteLabels, relabel } from './selection/noise.ts'
export { classQuotas } from './selection/quotas.ts'
export { ascendingOrder, type Selection, type SelectOptions, select, selectWithDetails } from './selection/select.ts'
export {
  type ExampleScores,
  type LabelledData,
  type ScoreExamplesOptions,
  type ScoreExamplesOverOptions,
  type ScoreReport,
  scoreExamples,
  scoreExamplesOver,
} from './training/score-examples.ts'
export { type ScoreJob, type ScoreName, scoreJob } from './training/score-job.ts'
export { type CreateMlpOptions, createMlp, type Recipe, train } from './training/trainer.ts'
