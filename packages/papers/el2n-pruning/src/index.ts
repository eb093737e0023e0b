/**
 * Which training examples matter: scores from early training, and what to do with them.
 *
 * @packageDocumentation
 */

export { type AverageState, ScoreAverage } from './average.ts'
export { type Barrier, errorBarrier, errorOf } from './barrier.ts'
export { type ForgettingState, ForgettingTracker } from './forgetting.ts'
export { grand } from './grand.ts'
export type { Rows } from './intake.ts'
export { kernelDistance, kernelVelocity, ntk } from './kernel.ts'
export { type Detection, detection, type NoisyLabels, permuteLabels, relabel } from './noise.ts'
export {
  type ExampleScores,
  type LabelledData,
  type ScoreExamplesOptions,
  type ScoreReport,
  scoreExamples,
  scoreExamplesOver,
} from './score-examples.ts'
export { type ScoreJob, type ScoreName, scoreJob } from './score-job.ts'
export { correct, el2n, grandLastLayer, margin, type ScoreOptions } from './scores.ts'
export { ascendingOrder, classQuotas, type Selection, type SelectOptions, select, selection } from './select.ts'
export { type ScoredBatch, scoreStream } from './stream.ts'
export { createMlp, type Recipe, train } from './trainer.ts'
