import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../wasm.ts'

/**
 * Arithmetic of long vectors. Sums run eight sums over i mod 8, add them as ((0+2)+(4+6)) +
 * ((1+3)+(5+7)), and then the last n mod 8 terms one by one.
 */
export interface VectorKernels {
  /** x'y over n entries. */
  dot(n: number, x: Float64Array, y: Float64Array): number
  /** ||x - y||^2 over n entries. */
  squaredDistance(n: number, x: Float64Array, y: Float64Array): number
  /** Writes out = x - step g over n entries; out may be x. */
  descend(n: number, step: number, g: Float64Array, x: Float64Array, out: Float64Array): void
}

function sumInOrder(n: number, term: (i: number) => number): number {
  const sums = new Float64Array(8)
  const blocks = n - (n % 8)
  for (let i = 0; i < blocks; i++) sums[i % 8] += term(i)
  const [a, b, c, d, e, f, g, h] = sums
  let sum = a + c + (e + g) + (b + d + (f + h))
  for (let i = blocks; i < n; i++) sum += term(i)
  return sum
}

function dot(n: number, x: Float64Array, y: Float64Array): number {
  return sumInOrder(n, (i) => x[i] * y[i])
}

function squaredDistance(n: number, x: Float64Array, y: Float64Array): number {
  return sumInOrder(n, (i) => (x[i] - y[i]) * (x[i] - y[i]))
}

function descend(n: number, step: number, g: Float64Array, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = x[i] - step * g[i]
}

/**
 * {@link VectorKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same
 * bits.
 */
export const vectorKernels: KernelSet<VectorKernels> = /* @__PURE__ */ kernelSet(wasm, {
  dot,
  squaredDistance,
  descend,
})
