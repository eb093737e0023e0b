/**
 * Online learning between the stochastic and the adversarial world, with a certificate.
 *
 * @packageDocumentation
 */

/** Domains. */
export {
  type BallOptions,
  type Box,
  type BoxOptions,
  ball,
  box,
  product,
  type Simplex,
  type SimplexOptions,
  simplex,
} from '@opt/sets'
export {
  type AdagradDiagonalOptions,
  type AdagradNormOptions,
  adagradDiagonal,
  adagradNorm,
} from './baselines/adagrad.ts'
export { type OftlOptions, type Oftrl, type OftrlOptions, oftl, oftrl } from './baselines/ftrl.ts'
export { type OgdOptions, type OgdStrongOptions, ogd, ogdStrong } from './baselines/ogd.ts'
export { type Ons, type OnsOptions, ons } from './baselines/ons.ts'
export type { World } from './bounds.ts'
/**
 * The bounds as functions of D, the domain's diameter; G, the largest gradient norm; L, the smoothness; sigma2 and
 * Sigma2 as in {@link World}. All except those of oftrl and oftl are derived in this package with explicit
 * constants; the paper's have the same form.
 *
 * Each throws TypeError or RangeError when a constant is missing or out of range, or the bound overflows.
 */
export * as bounds from './bounds.ts'
export type { Domain } from './domain.ts'
export type { Environment } from './environments/environment.ts'
/** Worlds whose noise and speed are known; every draw comes from the generator passed in. */
export * as environments from './environments/index.ts'
export type { LabelShiftOptions } from './environments/label-shift.ts'
export type { CorruptedOptions, RandomOrderOptions } from './environments/mixtures.ts'
export type { MultiscaleOptions } from './environments/multiscale.ts'
export type { QuadraticOptions } from './environments/quadratic.ts'
export type { AbruptShiftOptions, SlowShiftOptions } from './environments/shifts.ts'
/** Exact comparators: the best fixed point in hindsight. */
export * as comparators from './hindsight/comparators.ts'
export { type Comparator, type OverBallOptions, overBall, type SecondOrder } from './hindsight/over-ball.ts'
export type { Certified, Gradient, Learner, LearnerOptions } from './learner.ts'
export { type PlayAnswer, type PlayOptions, type PlayReport, play } from './play.ts'
export type { AdaptiveOptions } from './sea/adaptive.ts'
export { type SeaConvex, type SeaConvexOptions, seaConvex } from './sea/convex.ts'
export { type SeaDynamic, type SeaDynamicOptions, seaDynamic } from './sea/dynamic.ts'
export { type SeaEntropicOptions, seaEntropic } from './sea/entropic.ts'
export { type SeaExpConcave, type SeaExpConcaveOptions, seaExpConcave } from './sea/exp-concave.ts'
export { type Prox, type SeaImplicit, type SeaImplicitOptions, seaImplicit } from './sea/implicit.ts'
export { type SeaStrongOptions, seaStrong } from './sea/strong.ts'
export type { LearnerState } from './state.ts'
export {
  type Example,
  type LogisticStream,
  type LogisticStreamOptions,
  logisticStream,
  type StreamState,
} from './stream.ts'
