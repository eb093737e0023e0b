/**
 * Recovers a low-rank matrix from linear measurements of which some are grossly wrong, without knowing its rank.
 *
 * @packageDocumentation
 */

export type { SubgmReport } from './descent/descend.ts'
export type { RecoverState } from './descent/recover-state.ts'
export type { Recovery } from './descent/recovery.ts'
export { type SpectralOptions, spectralInitialization } from './descent/start.ts'
export type { SubgmState } from './descent/state.ts'
export * from './descent/step-rules.ts'
export { type Batch, type BatchedInput, batchedMeasurements } from './measurements/batched.ts'
export { type DenseOptions, denseMeasurements, gaussianMeasurements } from './measurements/dense.ts'
export type { DenseInput } from './measurements/dense-input.ts'
export { type Loss, Measurements, type MeasurementTotals } from './measurements/measurements.ts'
export { rankOneMeasurements } from './measurements/rank-one.ts'
export { type EntryInput, entryMeasurements, type SparseInput, sparseMeasurements } from './measurements/sparse.ts'
export { type RecoverInput, type RecoverOptions, type RecoverSolution, recover } from './recover.ts'
export { gradientDescent, type SubgmOptions, type SubgmSolution, subgm } from './subgm.ts'
export { type DecomposeOptions, type Decomposition, decompose } from './theory/decompose.ts'
export { type Problem, type ProblemOptions, syntheticProblem } from './theory/problem.ts'
export { type OutlierScalingOptions, scaling } from './theory/scaling.ts'
export { type SignRip, type SignRipOptions, signRip } from './theory/sign-rip.ts'
