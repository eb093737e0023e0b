/**
 * Online learning between the stochastic and the adversarial world, with a certificate.
 *
 * @packageDocumentation
 */

export { type AdagradDiagonalOptions, adagradDiagonal } from './adagrad-diagonal.ts'
export { type BallOptions, ball } from './ball.ts'
export { bounds, type World } from './bounds.ts'
export { type Box, type BoxOptions, box } from './box.ts'
export { comparators } from './comparators.ts'
export {
  type AdagradNormOptions,
  adagradNorm,
  type OgdOptions,
  type OgdStrongOptions,
  ogd,
  ogdStrong,
} from './descent.ts'
export type { Domain } from './domain.ts'
export type { Environment } from './environment.ts'
export { environments } from './environments.ts'
export { type OftlOptions, type Oftrl, type OftrlOptions, oftl, oftrl } from './ftrl.ts'
export type { LabelShiftOptions } from './label-shift.ts'
export type { Gradient, Learner, LearnerOptions } from './learner.ts'
export type { CorruptedOptions, RandomOrderOptions } from './mixtures.ts'
export type { MultiscaleOptions } from './multiscale.ts'
export { type Ons, type OnsOptions, ons } from './ons.ts'
export { type Comparator, type OverBallOptions, overBall, type SecondOrder } from './over-ball.ts'
export { type PlayAnswer, type PlayOptions, type PlayReport, play } from './play.ts'
export { product } from './product.ts'
export type { QuadraticOptions } from './quadratic.ts'
export { type Certified, type SeaConvex, type SeaConvexOptions, seaConvex } from './sea-convex.ts'
export { type SeaDynamic, type SeaDynamicOptions, seaDynamic } from './sea-dynamic.ts'
export { type SeaEntropicOptions, seaEntropic } from './sea-entropic.ts'
export { type SeaExpConcave, type SeaExpConcaveOptions, seaExpConcave } from './sea-exp-concave.ts'
export { type Prox, type SeaImplicit, type SeaImplicitOptions, seaImplicit } from './sea-implicit.ts'
export { type SeaStrongOptions, seaStrong } from './sea-strong.ts'
export type { AbruptShiftOptions, SlowShiftOptions } from './shifts.ts'
export { type Simplex, type SimplexOptions, simplex } from './simplex.ts'
export type { LearnerState } from './state.ts'
export {
  type Example,
  type LogisticStream,
  type LogisticStreamOptions,
  logisticStream,
  type StreamState,
} from './stream.ts'
