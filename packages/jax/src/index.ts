/**
 * A bridge to jax-js: makes oracles on flat typed arrays of a loss over any tree, and optax transformations of the
 * optimizers of `@opt`.
 *
 * @packageDocumentation
 */

export type { Floats } from '@opt/core'
export { type Device, init } from './init.ts'
export type { Tree } from './layout.ts'
export {
  applyUpdates,
  type CreateOptimizer,
  type GradientTransformation,
  type OptaxState,
  optax,
  type Stepper,
} from './optax.ts'
export { type OracleFunctions, type Oracles, type OraclesOptions, oracles } from './oracles.ts'
export { type Raveled, ravel } from './ravel.ts'
