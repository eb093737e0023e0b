/**
 * Bilevel problems with steep losses: steps of fixed length, one Hessian product, no inner solve; weights that find wrong labels.
 *
 * @packageDocumentation
 */

export { type BoRepReport, type BoRepSolution, boRep } from './bo-rep.ts'
export { type CleaningTask, type CleaningTaskOptions, cleaningTask } from './cleaning-task.ts'
export { type BatchOption, refineLower, updateLower } from './lower-updates.ts'
export type { Measures } from './measures.ts'
export { minibatches } from './minibatches.ts'
export type { Batches, BoRepOptions, BoRepStart, RefineOptions, UpdateOptions } from './options.ts'
export { type CoshToy, type CoshToyParts, coshToy, type Noise } from './problems/cosh-toy.ts'
export { type PenalizedSoftmax, type PenalizedSoftmaxOptions, penalizedSoftmax } from './problems/penalized-softmax.ts'
export { type LayeredNetwork, type Representation, representation } from './problems/representation.ts'
export { type ProblemConstants, smoothnessConstants, type TrackingConstants, trackingBound } from './theory.ts'
