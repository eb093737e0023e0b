import { wasm } from '../vectors-wasm.ts'
import type { Floats } from './matrix-view.ts'
import { axpy32, dot32 } from './plain/float32.ts'
import { axpy as plainAxpy, dot as plainDot } from './plain/matrices.ts'
import { type KernelDefinition, type KernelSet, kernel, kernelSet } from './set.ts'

/**
 * Kernels on vectors of float64, or of float32, where every product and sum is rounded.
 *
 * A "dot-ordered" sum of n products runs eight sums over i mod 8 and adds them as ((0+2)+(4+6)) +
 * ((1+3)+(5+7)); the last n mod 8 products follow one by one. In float32 it is sixteen sums s over i mod 16,
 * t_l = (s_l + s_l+4) + (s_l+8 + s_l+12), then (t_0 + t_1) + (t_2 + t_3).
 */
export interface VectorKernels {
  /** x'y over the first n entries, dot-ordered. */
  dot<A extends Floats>(n: number, x: A, y: A): number
  /** y += alpha x over the first n entries; x may be y. */
  axpy<A extends Floats>(n: number, alpha: number, x: A, y: A): void
}

type Of<Name extends keyof VectorKernels> = KernelDefinition<VectorKernels[Name]>

/** The float32 form of a kernel for float32 numbers. */
export const isSingle = (x: ArrayBufferView & { BYTES_PER_ELEMENT: number }): boolean => x.BYTES_PER_ELEMENT === 4

export const dot: Of<'dot'> = /* @__PURE__ */ kernel(
  { dot: plainDot, dot32 },
  ({ dot, dot32 }) =>
    (n, x, y) =>
      isSingle(x) ? dot32(n, x as Float32Array, y as Float32Array) : dot(n, x as Float64Array, y as Float64Array),
)

export const axpy: Of<'axpy'> = /* @__PURE__ */ kernel(
  { axpy: plainAxpy, axpy32 },
  ({ axpy, axpy32 }) =>
    (n, alpha, x, y) =>
      isSingle(x)
        ? axpy32(n, alpha, x as Float32Array, y as Float32Array)
        : axpy(n, alpha, x as Float64Array, y as Float64Array),
)

/** The set of {@link VectorKernels}. */
export const vectorKernels: KernelSet<VectorKernels> = /* @__PURE__ */ kernelSet(wasm, { dot, axpy })
