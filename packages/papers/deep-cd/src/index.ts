/**
 * Search directions chosen by a network: the deep conjugate direction method, its networks and their training, and the
 * classical solvers to compare with.
 *
 * @packageDocumentation
 */

export {
  type ConjugateGradientOptions,
  type ConjugateGradientSolution,
  conjugateGradient,
} from './baselines/conjugate-gradient.ts'
export type { StepReport } from './baselines/conjugate-steps.ts'
export { type DeflatedOptions, deflatedCG } from './baselines/deflated-cg.ts'
export { type IncompleteCholesky, incompleteCholesky } from './baselines/incomplete-cholesky.ts'
export { multigrid } from './baselines/multigrid.ts'
export { type DcdmOptions, type DcdmReport, type DcdmSolution, dcdm } from './dcdm.ts'
export type { DcdmState } from './dcdm-state.ts'
export { type DirectionLoss, directionLoss } from './loss.ts'
export type { Shape } from './network/grid.ts'
export { type MultiLevelOptions, multiLevelNetwork } from './network/multi-level.ts'
export type { Network, NetworkState } from './network/network.ts'
export { networkFrom } from './network/network-from.ts'
export { type PaperOptions, paperNetwork } from './network/paper-network.ts'
export type { Precision } from './network/program.ts'
export { pretrained } from './pretrained.ts'
export { type Ball, type Poisson, type PoissonOptions, poisson2d, poisson3d } from './problems/poisson.ts'
export { rightHandSide } from './problems/right-hand-sides.ts'
export { type RitzDatasetOptions, ritzDataset } from './ritz/ritz-dataset.ts'
export type { Direction } from './system/direction.ts'
export type { ProblemOptions } from './system/problem.ts'
export type { SystemMatrix } from './system/system.ts'
export {
  type TrainingOptions,
  type TrainingReport,
  type TrainingSet,
  type TrainingSolution,
  type TrainingState,
  trainDirections,
} from './training.ts'
