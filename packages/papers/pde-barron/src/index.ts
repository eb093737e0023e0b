/**
 * Nonlinear elliptic equations on a box with a computed bound on the error.
 *
 * @packageDocumentation
 */

export type { DescentReport, DescentState, StepRule } from './descend.ts'
export type { Flux } from './grid/flux.ts'
export type { Forcing, Lift, PointFunction } from './grid/sample.ts'
export {
  type GridInput,
  type GridOptions,
  type GridReport,
  type GridSolution,
  type GridState,
  solveGrid,
} from './grid/solve-grid.ts'
export { type CheckOptions, customLagrangian } from './lagrangian/custom.ts'
export {
  type Coefficients,
  type LagrangianLike,
  type LagrangianName,
  type LagrangianParameters,
  lagrangian,
  type NamedLagrangian,
  type Potential,
} from './lagrangian/lagrangian.ts'
export type { Constants, Lagrangian, Limits, Points } from './lagrangian/types.ts'
export type { NetworkFunctions } from './neurons/answer.ts'
export type { RuleForcing } from './neurons/certificate.ts'
export {
  deepRitz,
  type RitzGradient,
  type RitzInput,
  type RitzOptions,
  type RitzReport,
  type RitzSolution,
  type RitzState,
  ritzGradient,
} from './neurons/deep-ritz.ts'
export type { RandomNeurons } from './neurons/draw.ts'
export type { Neurons, TwoLayerNetwork, Wave } from './neurons/network.ts'
export { gaussLegendre, type Rule } from './neurons/rule.ts'
export {
  networkNorm,
  neuronsFor,
  type SampledActivation,
  type SampledNetwork,
  type SampleOptions,
  sampleNetwork,
} from './neurons/sample-network.ts'
export {
  type NeuronInput,
  type NeuronOptions,
  type NeuronReport,
  type NeuronSolution,
  type NeuronState,
  solveNeurons,
} from './neurons/solve-neurons.ts'
export { boundaryValues, toMlp } from './neurons/to-mlp.ts'
export {
  type SparseInput,
  type SparseOptions,
  type SparseReport,
  type SparseSolution,
  type SparseState,
  solveSparse,
} from './sparse/solve-sparse.ts'
export { type Parity, TrigSum, type TrigSumData } from './sums/trig-sum.ts'
export {
  type BarronProblem,
  barronGrowth,
  invariantBall,
  stepConstants,
  type TheoremSettings,
  theoremBound,
} from './theory/barron.ts'
export {
  type Condition,
  type Conditioning,
  type ConditioningOptions,
  conditioning,
  constants,
  type Metric,
  maximumPrinciple,
} from './theory/conditioning.ts'
