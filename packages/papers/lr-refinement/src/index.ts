/**
 * Learning rate schedules from theory and from the gradient norms of one run, with a worst-case bound for any schedule.
 *
 * @packageDocumentation
 */

export {
  type LastIterateBoundArguments,
  lastIterateBound,
  lastIterateBoundGradient,
  type RegretBoundArguments,
  regretBound,
} from './bounds.ts'
export { fitPolynomial, type PolynomialFit, type PolynomialGrid } from './fit-polynomial.ts'
export type { GradientArray, Gradients } from './gradients.ts'
export { LastIterate, type LastIterateState, type OnlineLearner } from './last-iterate.ts'
export { medianFilter } from './median-filter.ts'
export {
  type NormName,
  NormRecorder,
  type NormRecorderOptions,
  type NormRecorderState,
  type Steps,
} from './norm-recorder.ts'
export { optimalSchedule } from './optimal-schedule.ts'
export {
  type OptimizedSchedule,
  type OptimizeScheduleOptions,
  type OptimizeScheduleReport,
  optimizeSchedule,
} from './optimize-schedule.ts'
export { type RefinedSchedule, type RefineOptions, refineSchedule } from './refine.ts'
export {
  asFunction,
  linearDecay,
  type ScheduleName,
  type ScheduleOptions,
  schedule,
  type WorstCase,
} from './schedules.ts'
export { stepsFromWeights } from './steps-from-weights.ts'
export { type BoundedWeights, constantWeights, optimalWeights, type Run } from './weights.ts'
