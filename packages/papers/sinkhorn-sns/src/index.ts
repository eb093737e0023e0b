/**
 * Entropic optimal transport by sparse Newton iterations.
 *
 * @packageDocumentation
 */

export { type TransportBounds, transportBounds } from './bounds.ts'
export {
  costRows,
  euclidean,
  gridCost,
  gridPoints,
  type Metric,
  manhattan,
  pairwiseCost,
  scaled,
  squaredEuclidean,
} from './costs.ts'
export { type DistanceOptions, type Divergence, type Picture, sinkhornDivergence, wasserstein } from './divergence.ts'
export type {
  Annealing,
  Counts,
  Potentials,
  SinkhornNewtonOptions,
  SinkhornNewtonReport,
  SinkhornNewtonSolution,
} from './options.ts'
export { type PotentialAt, potential } from './potential.ts'
export type { CostLike, CostPoints, CostRows } from './problem.ts'
export { densities1d, type ImagePairOptions, imagePair, randomAssignment, type TransportProblem } from './problems.ts'
export { roundPlan } from './rounding.ts'
export { type SinkhornOptions, type SinkhornReport, sinkhorn } from './sinkhorn.ts'
export { sinkhornNewton } from './sinkhorn-newton.ts'
export type { TransportSolution } from './solution.ts'
export { droppedMass } from './sparsify.ts'
