/**
 * A bridge to jax-js: a loss over any tree becomes oracles on flat typed arrays; and optimizers of the house in the shape of optax.
 *
 * @packageDocumentation
 */

export { type Device, init } from './init.ts'
export type { Floats, Tree } from './layout.ts'
export {
  applyUpdates,
  type CreateOptimizer,
  type GradientTransformation,
  type OptaxState,
  optax,
  type Stepper,
} from './optax.ts'
export { type Answers, type Oracles, type OraclesOptions, oracles } from './oracles.ts'
export { type Raveled, ravel } from './ravel.ts'
