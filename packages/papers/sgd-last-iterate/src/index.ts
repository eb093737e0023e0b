/**
 * Stochastic gradient steps whose last point carries a guarantee: the step sizes and the bound follow from what you
 * know of the problem.
 *
 * @packageDocumentation
 */

/** Terms and sets of @opt/sets. */
export {
  ball,
  box,
  elasticNet,
  indicator,
  l1Norm,
  l1NormInBox,
  negativeEntropy,
  orthant,
  simplex,
  squaredL2Norm,
} from '@opt/sets'
export { type CsmdOptions, type CsmdReport, type CsmdSolution, type CsmdState, csmd } from './csmd.ts'
export { type ConvexityMap, entropy, euclidean, lp, type MapName, power, radialPower } from './geometry/maps.ts'
export { type Geometry, mirrorStep } from './geometry/mirror-step.ts'
export { type NormBall, normBall, type Term } from './geometry/terms.ts'
export {
  type LastIterate,
  type LastIterateOptions,
  type LastIterateState,
  lastIterate,
  type OwnStepsOptions,
  type StartOptions,
} from './last-iterate.ts'
export type { KnownNoise, Noise } from './noise.ts'
/** Noise whose size is known in the norms of the theory; every draw comes from the generator passed in. */
export * as noise from './noise.ts'
export { type Guarantee, type Plan, type PlanOptions, plan } from './plan.ts'
export { type LinearLoss, type LinearModel, type LinearModelOptions, linearModel } from './problems/linear-model.ts'
export { type MaxAffine, type MaxAffineOptions, maxAffine } from './problems/max-affine.ts'
export { type QuantilesOptions, type QuantilesReport, type QuantilesSolution, quantiles } from './quantiles.ts'
export type { QuantilesState } from './runs/many.ts'
export type { Problem, Subgradient } from './runs/problem.ts'
export type { StepKind } from './steps/rules.ts'
export {
  type ConvexStepOptions,
  type HeavyStepOptions,
  type StrongStepOptions,
  stepSizes,
} from './steps/step-sizes.ts'
export { type BoundOptions, bound, type Knowledge, type Tails } from './theory/bound.ts'
export type { Certificate } from './theory/certificate.ts'
export { type Coefficients, type CoefficientsOptions, coefficients } from './theory/coefficients.ts'
export { type HeavyBoundOptions, type HeavyKnowledge, heavyBound } from './theory/heavy-bound.ts'
