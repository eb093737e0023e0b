/**
 * diffGrad: Adam with a friction by the change of each gradient entry.
 *
 * @packageDocumentation
 */

export { DiffGrad, type DiffGradHyper } from './diffgrad.ts'
export { type Landscape, landscapes } from './landscapes.ts'
