/**
 * Entropic optimal transport by sparse Newton iterations.
 *
 * @packageDocumentation
 */
export { transportBounds } from './certificates/bounds.js';
export { potential } from './certificates/potential.js';
export { roundPlan } from './certificates/rounding.js';
export { sinkhornDivergence, wasserstein } from './divergence.js';
export { droppedMass } from './plan/sparsify.js';
export { costRows, euclidean, gridCost, gridPoints, manhattan, pairwiseCost, scaled, squaredEuclidean, } from './problem/costs.js';
export { densities1d, imagePair, randomAssignment, } from './problem/families.js';
export { sinkhorn } from './sinkhorn.js';
export { sinkhornNewton } from './sinkhorn-newton.js';
//# sourceMappingURL=index.js.map