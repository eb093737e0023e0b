/**
 * Bilevel problems: types, lower-level solver, hypergradient, a check of all derivatives, and problems to test with.
 *
 * @packageDocumentation
 */

export { type Check, type CheckProblemOptions, checkProblem, type ProblemCheck } from './check/check-problem.ts'
export { type Hypergradient, type HypergradientOptions, hypergradient } from './hypergradient.ts'
export { type Hyperobjective, type HyperobjectiveOptions, hyperobjective } from './hyperobjective.ts'
export { type LowerSolution, type SolveLowerOptions, type SolveLowerReport, solveLower } from './lower/solve-lower.ts'
export type { NetworkOracles } from './network/network-examples.ts'
export { type NetworkLevelOptions, networkLevel } from './network/network-level.ts'
export { type NetworkData, type PerExampleOracles, weightedNetwork } from './network/weighted-network.ts'
export type { BilevelProblem, Constraints, LowerLevel, UpperLevel } from './problem.ts'
export type { LabelledExamples } from './problems/examples.ts'
export type { CleaningProblem } from './problems/hyper-cleaning.ts'
export {
  type QuadraticBilevel,
  type QuadraticParts,
  type QuadraticSample,
  quadraticBilevel,
} from './problems/quadratic.ts'
export { type CleaningOptions, weightedLogistic, weightedLogisticBlocks } from './problems/weighted-logistic.ts'
export { type WeightedSoftmaxOptions, weightedSoftmax } from './problems/weighted-softmax.ts'
