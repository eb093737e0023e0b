/**
 * Minimises any function that you can evaluate, without gradients: a cloud of particles that jumps out of local minima.
 *
 * @packageDocumentation
 */

export { type CboReport, type CboSolution, cbo } from './cbo.ts'
export type { BatchObjective, Objective, Value } from './cloud/evaluation.ts'
export type { NormalSource } from './cloud/normals.ts'
export type { Bounds, CloudStart, NormalStart, Start, UniformStart } from './cloud/start.ts'
export type { CboState } from './cloud/state.ts'
export { alphaOfSampleSize, type ConsensusPoint, consensusPoint } from './consensus.ts'
export { differenceGradient } from './flows/difference-gradient.ts'
export {
  type FlowOptions,
  type FlowSolution,
  gradientDescent,
  type LangevinOptions,
  type LangevinReport,
  langevin,
} from './flows/flows.ts'
export {
  consensusHopping,
  type HoppingOptions,
  type HoppingReport,
  type HoppingSolution,
  type HoppingState,
} from './hopping/consensus-hopping.ts'
export { type ProximalHop, type ProximalHopOptions, proximalHop } from './hopping/proximal-hop.ts'
export {
  type SmoothedObjective,
  type SmoothedObjectiveOptions,
  smoothedObjective,
} from './hopping/smoothed-objective.ts'
export type { TestObjective } from './objectives/index.ts'
/** Functions with known minimisers and gradients, to try methods on. */
export * as objectives from './objectives/index.ts'
export type { CboOptions, Projection, Schedule } from './options.ts'
export { type CoolingOptions, cooling, type DecayOptions, decay } from './schedules.ts'
export { type Stability, type StabilityOptions, stability } from './stability.ts'
