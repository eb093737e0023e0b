/**
 * Learners for decisions over several steps against opponents who adapt: follow the regularised leader with linear
 * features, with and without a simulator, and the exact regret of each.
 *
 * @packageDocumentation
 */

export {
  directBias,
  type GeometricSizeOptions,
  geometricSize,
  type InverseCovarianceOptions,
  inverseCovariance,
} from './estimation/covariance.ts'
export { type Bonuses, type DilatedBonusOptions, dilatedBonus } from './estimation/dilated-bonus.ts'
export { type Estimator, estimate, type Observation } from './estimation/estimators.ts'
export { type FtrlBound, type FtrlOptions, type FtrlPlays, ftrlBound, ftrlStep, type Regularizer } from './ftrl.ts'
export type { TableLike } from './intake.ts'
export { type LsviOptions, lsvi, type TabularOptions, tabular, uniform } from './learning/baselines.ts'
export {
  type ModelFree,
  type ModelFreeOptions,
  type ModelFreeState,
  modelFree,
} from './learning/model-free.ts'
export type { Play, PlayAnswer, PlayOptions, PlayReport, PlayState } from './learning/play.ts'
export type { ModelFreeSettings } from './learning/settings.ts'
export { type WithSimulatorOptions, withSimulator } from './learning/with-simulator.ts'
export { type WithoutSimulatorOptions, withoutSimulator } from './learning/without-simulator.ts'
export {
  type PracticalOptions,
  type PracticalParameters,
  practicalParameters,
  type TheoryOptions,
  type TheoryParameters,
  theoryParameters,
} from './parameters.ts'
export { type Adversary, adversaries, type CongestionOptions, type Situation } from './worlds/adversaries.ts'
export { type DeepPath, deepPath } from './worlds/deep-path.ts'
export type { Uniforms } from './worlds/dynamics.ts'
export { gameValue, type LinearProgramSolver } from './worlds/game-value.ts'
export {
  type Evaluation,
  type LinearMdp,
  type LinearMdpData,
  linearMdp,
  type Trajectory,
  type World,
} from './worlds/linear-mdp.ts'
export {
  type Cover,
  type CoverRound,
  type PolicyCover,
  type PolicyCoverOptions,
  policyCover,
} from './worlds/policy-cover.ts'
export { type RandomMdpOptions, randomMdp } from './worlds/random-mdp.ts'
