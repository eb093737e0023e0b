/**
 * ADAHESSIAN: Adam with curvature in place of squared gradients.
 *
 * @packageDocumentation
 */

export {
  AdaHessian,
  type AdaHessianHyper,
  type AdaHessianOptions,
  type AdaHessianState,
  type HessianProducts,
} from './adahessian.ts'
export type { BlockSizes } from './blocks.ts'
