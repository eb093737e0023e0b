/**
 * A GPU for @opt's solvers.
 *
 * @packageDocumentation
 */

export { WebGPUBackend } from './backend.ts'
export { GPUArray } from './pool.ts'
export { type WebGPUOptions, webgpu } from './webgpu.ts'
