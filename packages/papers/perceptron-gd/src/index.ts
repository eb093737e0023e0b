/**
 * Separates classes by planes with gradient steps of any size, and proves what it found.
 *
 * @packageDocumentation
 */

export type { Label, Labels } from '@opt/core'
export { type Bounds, type BoundsOptions, bounds } from './bounds.ts'
export { type Dataset, type DatasetOptions, dataset } from './data/dataset.ts'
export type { Features } from './data/features.ts'
export {
  type HardInstance,
  type HardInstanceOptions,
  hardInstance,
  type Instance,
  type SeparableInstance,
  type SeparableInstanceOptions,
  separableInstance,
} from './data/instances.ts'
export { type Descent, type DescentOptions, logisticDescent, normalizedDescent } from './descent/descent.ts'
export {
  type PerceptronOptions,
  type PerceptronReport,
  type PerceptronSolution,
  perceptron,
} from './descent/perceptron.ts'
export type { BestPlane, DescentReport, DescentSolution, DescentState, Plane } from './descent/plane.ts'
export {
  type FitOptions,
  LinearSeparator,
  type LinearSeparatorOptions,
} from './linear-separator.ts'
export {
  type MarginOptions,
  type MarginReport,
  type MarginSolution,
  type MarginState,
  margin,
} from './margin/margin.ts'
export { decision, predict } from './predict.ts'
export type { FitReport, FittedPlane, Method } from './separator/fit-plane.ts'
export type { PlaneState, SeparatorState } from './separator/state.ts'
export { smoothness } from './smoothness.ts'
