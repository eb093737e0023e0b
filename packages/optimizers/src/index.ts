/**
 * Step-at-a-time optimizers, schedules and gradient clipping, and the contract for new optimizers.
 *
 * @packageDocumentation
 */

export { Adagrad, type AdagradHyper } from './algorithms/adagrad.ts'
export { Adam, type AdamHyper, AdamW, type AdamWHyper } from './algorithms/adam.ts'
export { adamSettings } from './algorithms/adam-settings.ts'
export { type AdamWNumbers, adamw } from './algorithms/adamw.ts'
export { type AdamLike, boundAdam } from './algorithms/bound-adam.ts'
export { descend, type SGDNumbers, sgd } from './algorithms/descent.ts'
export { RMSProp, type RMSPropHyper } from './algorithms/rmsprop.ts'
export { SGD, type SGDHyper } from './algorithms/sgd.ts'
export { clipByGlobalNormInPlace, clipByValueInPlace, type GradientSet, globalNorm } from './clipping.ts'
export { Optimizer } from './optimizer.ts'
export type { DeviceParameter, DeviceTensor, Floats, GradientsOf, Parameter, ParameterSet } from './parameters.ts'
export type { Rules } from './rules.ts'
export { constant, cosineDecay, exponentialDecay, linearDecay, sequence, stepDecay, warmup } from './schedules.ts'
export {
  type Choices,
  count,
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
  share,
} from './settings.ts'
export type { Bounds } from './slots/bounds.ts'
export {
  type FusedUpdate,
  type FusedUpdateDefinition,
  fusedUpdate,
  type Numbers,
  type Round,
} from './slots/fused-update.ts'
export type { MemorySlot, Slot, SlotOperation } from './slots/slot.ts'
export type { OptimizerState, ParameterState } from './state.ts'
