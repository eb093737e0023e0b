/**
 * Optimizers of `@opt` inside TensorFlow.js.
 *
 * @packageDocumentation
 */

export type { CreateOptimizer, StepOptimizer } from './binding.ts'
export type { NamedTensor } from './gradients.ts'
export { TfOptimizer, type TfOptimizerState } from './tf-optimizer.ts'
