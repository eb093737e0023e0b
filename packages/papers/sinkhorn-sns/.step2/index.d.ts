/**
 * Entropic optimal transport by sparse Newton iterations.
 *
 * @packageDocumentation
 */
export { type TransportBounds, transportBounds } from './certificates/bounds.ts';
export { type PotentialAt, potential } from './certificates/potential.ts';
export { roundPlan } from './certificates/rounding.ts';
export { type DistanceOptions, type Divergence, type Picture, sinkhornDivergence, wasserstein } from './divergence.ts';
export type { Annealing, Counts, Potentials, SinkhornNewtonOptions, SinkhornNewtonReport, SinkhornNewtonSolution, } from './options.ts';
export { droppedMass } from './plan/sparsify.ts';
export type { CostLike, CostPoints, CostRows } from './problem/cost-rows.ts';
export { costRows, euclidean, gridCost, gridPoints, type Metric, manhattan, pairwiseCost, scaled, squaredEuclidean, } from './problem/costs.ts';
export { densities1d, type ImagePairOptions, imagePair, randomAssignment, type TransportProblem, } from './problem/families.ts';
export { type SinkhornOptions, type SinkhornReport, sinkhorn } from './sinkhorn.ts';
export { sinkhornNewton } from './sinkhorn-newton.ts';
export type { TransportSolution } from './solution.ts';
//# sourceMappingURL=index.d.ts.map