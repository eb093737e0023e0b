import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from './wasm.ts'

/** The kernels of this package. */
export interface Kernels {
  /** x -= learningRate g over n entries. Returns the largest |g_i|; NaN if an entry of x is not finite. */
  descend(n: number, learningRate: number, g: Float64Array, x: Float64Array): number
}

function descend(n: number, learningRate: number, g: Float64Array, x: Float64Array): number {
  let largest = 0
  for (let i = 0; i < n; i++) {
    x[i] -= learningRate * g[i]
    largest = Math.max(largest, Math.abs(g[i]) + (x[i] - x[i]))
  }
  return largest
}

/** {@link Kernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const kernels: KernelSet<Kernels> = /* @__PURE__ */ kernelSet(wasm, { descend })
