/**
 * What the packages of `@opt` share: array intake and checks, kernels, the solver driver, random numbers,
 * elementary functions.
 *
 * @packageDocumentation
 */

export { type AllocateOptions, allocate, type KernelsOf, ready, type Views } from './allocate.ts'
export {
  type EntryRule,
  type Matrix,
  type MatrixLike,
  type MatrixRule,
  matrix,
  matrixCopy,
  permutation,
  type RowsAndColumns,
  type VectorLike,
  type VectorRule,
  vector,
  vectorCopy,
  withinData,
} from './arrays.ts'
export {
  type AssignmentOptions,
  type AssignmentReport,
  type AssignmentSolution,
  assignment,
} from './assignment.ts'
export type { Backend, BackendChoice, DeviceArray, DeviceScope } from './backend.ts'
export { chosenBackend, fallBack, offerBackend } from './backend.ts'
export { Batches, type BatchesState } from './batches.ts'
export {
  type ConjugateGradientOptions,
  type ConjugateGradientSolution,
  conjugateGradient,
} from './conjugate-gradient.ts'
export { cryptographicRandom } from './cryptographic-random.ts'
export type * from './demo.ts'
export type * from './device-operations.ts'
export type * from './device-slots.ts'
export {
  boolean,
  callback,
  calling,
  type NumberRule,
  named,
  number,
  type OptionNames,
  oneOf,
  options,
  printable,
  quoted,
  refuse,
  show,
} from './errors.ts'
export type * from './experiment.ts'
export { decodeFloats, encodeFloats, type FloatsConstructor } from './float-text.ts'
export { giveWay, turnIsUp } from './give-way.ts'
export { type ActivationKernels, activationKernels } from './kernels/activations.ts'
export * as kernels from './kernels/definitions.ts'
export { exp, log } from './kernels/exp-log.ts'
export { type ExponentialKernels, exponentialKernels } from './kernels/exponentials.ts'
export { type MatrixKernels, matrixKernels } from './kernels/matrices.ts'
export { type Floats, type MatrixView, matrixView, transpose } from './kernels/matrix-view.ts'
export type { WasmExports } from './kernels/memory.ts'
export { type ScanKernels, scanKernels } from './kernels/scans.ts'
export { gemmScratch, solveScratch } from './kernels/scratch.ts'
export {
  type BindableDefinition,
  type Kernel,
  type KernelDefinition,
  type KernelSet,
  kernel,
  kernelSet,
} from './kernels/set.ts'
export { type VectorKernels, vectorKernels } from './kernels/vectors.ts'
export { classesOf, type Label, type Labels, labelsCopy } from './labels.ts'
export { type LbfgsOptions, type LbfgsReport, type LbfgsSolution, lbfgs, type ValueAndGradient } from './lbfgs.ts'
export { legendreNode } from './legendre-node.ts'
export * from './math.ts'
export type { LinearOperator } from './operators.ts'
export { type Program, sharedProgram, WORKGROUP } from './program.ts'
export { Random, type RandomState, random, randomFrom } from './random.ts'
export {
  type Outcome,
  type Progress,
  type Report,
  SOLVE_OPTIONS,
  type SolveOptions,
  type Solver,
  type SolverArguments,
  type SolverDefaults,
  type Status,
  solver,
} from './solver.ts'
export type { CSR } from './sparse.ts'
export { allFinite, dot, norm, nrm2, sum } from './vectors.ts'
export { wait } from './wait.ts'
