import { wasm } from '../vectors-wasm.ts'
import type { Floats } from './matrix-view.ts'
import { axpy32, dot32 } from './plain-float32.ts'
import { axpy as plainAxpy, dot as plainDot, nonFinite as plainNonFinite } from './plain-matrices.ts'
import { largest as plainLargest, peak as plainPeak, squaredNorm as plainSquaredNorm } from './plain-norms.ts'
import { kernel, kernelSet } from './set.ts'

/** The float32 form of a kernel for float32 numbers. */
export const isSingle = (x: ArrayBufferView & { BYTES_PER_ELEMENT: number }): boolean => x.BYTES_PER_ELEMENT === 4

/** x'y over the first n entries, dot-ordered. */
export const dot = /* @__PURE__ */ kernel(
  { dot: plainDot, dot32 },
  ({ dot, dot32 }) =>
    <A extends Floats>(n: number, x: A, y: A): number =>
      isSingle(x) ? dot32(n, x as Float32Array, y as Float32Array) : dot(n, x as Float64Array, y as Float64Array),
)

/** y += alpha x over the first n entries; x may be y. */
export const axpy = /* @__PURE__ */ kernel(
  { axpy: plainAxpy, axpy32 },
  ({ axpy, axpy32 }) =>
    <A extends Floats>(n: number, alpha: number, x: A, y: A): void =>
      isSingle(x)
        ? axpy32(n, alpha, x as Float32Array, y as Float32Array)
        : axpy(n, alpha, x as Float64Array, y as Float64Array),
)

const scan = (name: string, plain: (n: number, x: Floats) => number) =>
  kernel({ [name]: plain, [`${name}32`]: plain }, (loops) => {
    const double = loops[name]
    const single = loops[`${name}32`]
    return (n: number, x: Floats): number => (isSingle(x) ? single(n, x) : double(n, x))
  })

/** Index of the first entry that is NaN or infinite, -1 when all are finite. */
export const nonFinite = /* @__PURE__ */ scan('nonFinite', plainNonFinite)
/** The largest |x_i|, 0 for none; NaN when an entry is NaN. */
export const peak = /* @__PURE__ */ scan('peak', plainPeak)
/** The largest |x_i|, 0 for none; entries that are NaN do not count. */
export const largest = /* @__PURE__ */ scan('largest', plainLargest)
/** x'x in float64: four sums over i mod 4, (0 + 2) + (1 + 3), then the tail one by one. */
export const squaredNorm = /* @__PURE__ */ scan('squaredNorm', plainSquaredNorm)

/**
 * Kernels on vectors of float64 or float32.
 *
 * A "dot-ordered" sum of n products runs eight sums over i mod 8 and adds them as ((0+2)+(4+6)) + ((1+3)+(5+7)); the last n mod 8
 * products follow one by one. In float32 it is sixteen sums s over i mod 16, t_l = (s_l + s_l+4) + (s_l+8 + s_l+12), then
 * (t_0 + t_1) + (t_2 + t_3), each product and sum rounded.
 */
export const vectorKernels = /* @__PURE__ */ kernelSet(wasm, { dot, axpy, nonFinite, peak, largest, squaredNorm })
