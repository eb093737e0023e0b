/**
 * Step-at-a-time optimizers, their schedules and clipping, and the contract that new ones fulfil.
 *
 * @packageDocumentation
 */

export { Adagrad, type AdagradHyper } from './adagrad.ts'
export { Adam, type AdamHyper, AdamW, type AdamWHyper } from './adam.ts'
export { type AdamLike, boundAdam } from './bound-adam.ts'
export type { Bounds } from './bounds.ts'
export { clipByGlobalNormInPlace, clipByValueInPlace, type GradientSet, globalNorm } from './clipping.ts'
export { Optimizer } from './optimizer.ts'
export type { DeviceParameter, DeviceTensor, Floats, GradientsOf, Parameter, ParameterSet } from './parameters.ts'
export { RMSProp, type RMSPropHyper } from './rmsprop.ts'
export type { Rules } from './rules.ts'
export { constant, cosineDecay, exponentialDecay, linearDecay, sequence, stepDecay, warmup } from './schedules.ts'
export {
  type Choices,
  flag,
  fraction,
  type Group,
  type Hyper,
  nonnegative,
  type OptimizerOptions,
  positive,
  type Schedule,
  type Setting,
  type Settings,
} from './settings.ts'
export { SGD, type SGDHyper } from './sgd.ts'
export type { Slot } from './slot.ts'
export type { OptimizerState, ParameterState } from './state.ts'
