/**
 * Says what an infinitely wide and deep network becomes as a classifier, gives its exact kernel at any depth, and a
 * consistent classifier with nothing to tune.
 *
 * @packageDocumentation
 */

export type { Label, Labels } from '@opt/core'
export type { Activation, ActivationFunction, ActivationState, HermiteSeries } from './activation/activation.ts'
export { type ActivationLike, activation, optimalActivation } from './activation/make.ts'
export { type ReluOptions, relu } from './activation/rectifier.ts'
export type { Classifier } from './classify/model.ts'
export type { ClassifierState } from './classify/state.ts'
export { DeepNTKClassifier, type DeepNTKOptions } from './deep-ntk-classifier.ts'
export type { FitOptions } from './fit-run.ts'
export { singularKernel } from './limits.ts'
export { type NtkLogs, type NtkOptions, ntk } from './ntk.ts'
export { type SphereOptions, toSphere } from './sphere.ts'
export { type Kind, type Taxonomy, taxonomy } from './taxonomy.ts'
export { hilbertEstimate, majorityVote, nearestNeighbor } from './votes.ts'
export { type WideNetworkOptions, wideNetwork } from './wide-network.ts'
