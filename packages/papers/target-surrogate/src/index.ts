/**
 * Many cheap steps of a model per expensive gradient: surrogates in the space of its outputs.
 *
 * @packageDocumentation
 */

export {
  linearSmoothness,
  type ProjectionOptions,
  projectionBound,
  type SmallestStepOptions,
  type StationarityOptions,
  smallestArmijoStep,
  stationarityBound,
} from './bounds.ts'
export type { MinimizeCheckpoint } from './checkpoint.ts'
export {
  type Environment,
  type ImitateOptions,
  type ImitateReport,
  type Imitation,
  type ImitationCheckpoint,
  type ImitationTask,
  imitate,
} from './imitate.ts'
export { type ArmijoStepsOptions, armijoSteps } from './inner/armijo-steps.ts'
export { exactSolve } from './inner/exact-solve.ts'
export { gradientSteps } from './inner/gradient-steps.ts'
export type { InnerSolver, InnerSteps, RunningInner } from './inner/inner.ts'
export { type InnerOptimizer, optimizerSteps } from './inner/optimizer-steps.ts'
export type { Labelled } from './labelled.ts'
export { crossEntropy, type KnownLoss, type Loss, logistic, squared } from './losses.ts'
export { type MinimizeOptions, type MinimizeReport, type MinimizeSolution, minimize } from './minimize.ts'
export { type LinearSizes, linear } from './models/linear.ts'
export type { Design, Model } from './models/model.ts'
export { networkModel } from './models/network.ts'
export type { Rows } from './rows.ts'
export { adagradEta, adagradNormEta } from './rules/adagrad-eta.ts'
export { adamEta } from './rules/adam-eta.ts'
export { type ArmijoOptions, armijoEta } from './rules/armijo-eta.ts'
export { type EtaOptions, fixedEta } from './rules/fixed-eta.ts'
export { newtonEta } from './rules/newton-eta.ts'
export type { RuleProblem, RunningRule, StepRule, TargetBatch } from './rules/rule.ts'
export type { EtaSchedule } from './schedule.ts'
export { pseudoTargets, type SurrogateNumbers, surrogateValue } from './scores.ts'
export type { StepReport } from './surrogate/outer-step.ts'
export type { SurrogateState } from './surrogate/run.ts'
export type { Surrogate } from './surrogate/surrogate.ts'
export {
  type GradientBatch,
  type LabelledBatch,
  type OuterOptions,
  TargetSurrogate,
  type TargetSurrogateOptions,
} from './target-surrogate.ts'
