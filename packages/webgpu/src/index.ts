/**
 * A GPU for @opt's solvers.
 *
 * @packageDocumentation
 */

export { WebGPUBackend } from './backend.ts'
export type { GPUMatrix } from './kernels/check.ts'
export { GPUIntegers } from './kernels/integers.ts'
export { GPUArray } from './pool.ts'
export { type WebGPUOptions, webgpu } from './webgpu.ts'
