import { colLse, type ExponentialKernels, rowLse } from '../kernels/exponentials.ts'
import { gemv, gemvT64, type MatrixKernels, spmv } from '../kernels/matrices.ts'
import type { MatrixView } from '../kernels/matrix-view.ts'
import { dot } from '../kernels/plain/matrices.ts'
import { type KernelSet, kernel, kernelSet } from '../kernels/set.ts'
import { wasm } from '../transport-wasm.ts'
import { gibbsMarginals, rescale, scale2, sinkhornRow } from './plain.ts'

type FromCore = Pick<MatrixKernels, 'gemv' | 'spmv'> & Pick<ExponentialKernels, 'rowLse' | 'colLse'>

/** The loops of entropic transport plans. Matrices are row-major; arguments must not overlap unless a kernel says so. */
export interface TransportKernels extends FromCore {
  /** x'y over the first n entries. */
  dot(n: number, x: Float64Array, y: Float64Array): number
  /** y += A'x. */
  gemvT(A: MatrixView, x: Float64Array, y: Float64Array): void
  /**
   * One log-domain Sinkhorn iteration but for g, with one read of C and one exponential an entry: f_i becomes
   * epsilon (log a_i - log sum_j exp((g_j - C_ij) / epsilon)), and z_j is written as the column sum of the plan
   * exp((f_i + g_j - C_ij) / epsilon) under the new f. Then g_j += epsilon log(b_j / z_j) finishes the iteration (a
   * column whose z_j is 0 needs `colLse`).
   *
   * The old f is the shift of its row: pass the last iterate, or zeros. A row whose shifted sum leaves (1e-200, 1e200)
   * is computed again with its maximum. Sums over j are exp-ordered, over i in order. `scratch`: as many numbers as C
   * has columns. Returns the number of rows computed twice.
   */
  sinkhornRow(
    C: MatrixView,
    a: Float64Array,
    f: Float64Array,
    g: Float64Array,
    epsilon: number,
    z: Float64Array,
    scratch: Float64Array,
  ): number
  /**
   * One scaling iteration but for v, with one read of K: writes u = a / (K v), with the bits of gemv, and z = K'u, with
   * the bits of gemvT on zeros.
   */
  scale2(K: MatrixView, a: Float64Array, v: Float64Array, u: Float64Array, z: Float64Array): void
  /**
   * Writes K_ij = exp((f_i + g_j - C_ij) / epsilon), as exp(((g_j - C_ij) + f_i) (1 / epsilon)), its row sums r
   * (exp-ordered) and its column sums c (rows added in order); K may be C.
   */
  gibbsMarginals(
    C: MatrixView,
    f: Float64Array,
    g: Float64Array,
    epsilon: number,
    K: MatrixView,
    r: Float64Array,
    c: Float64Array,
  ): void
  /** K_ij = (u_i K_ij) v_j in place; writes the row sums r and the column sums c of the new K, as gibbsMarginals. */
  rescale(K: MatrixView, u: Float64Array, v: Float64Array, r: Float64Array, c: Float64Array): void
}

/** The set of {@link TransportKernels}: one WebAssembly module. */
export const transportKernels: KernelSet<TransportKernels> = /* @__PURE__ */ kernelSet(wasm, {
  dot,
  gemv,
  gemvT: gemvT64,
  spmv,
  rowLse,
  colLse,
  sinkhornRow: /* @__PURE__ */ kernel({ sinkhornRow }, ({ sinkhornRow }): TransportKernels['sinkhornRow'] => {
    return (C, a, f, g, epsilon, z, scratch) =>
      sinkhornRow(C.rows, C.columns, C.data, C.stride, a, f, g, epsilon, z, scratch)
  }),
  scale2: /* @__PURE__ */ kernel({ scale2 }, ({ scale2 }): TransportKernels['scale2'] => {
    return (K, a, v, u, z) => scale2(K.rows, K.columns, K.data, K.stride, a, v, u, z)
  }),
  gibbsMarginals: /* @__PURE__ */ kernel(
    { gibbsMarginals },
    ({ gibbsMarginals }): TransportKernels['gibbsMarginals'] => {
      return (C, f, g, epsilon, K, r, c) =>
        gibbsMarginals(C.rows, C.columns, C.data, C.stride, f, g, epsilon, K.data, K.stride, r, c)
    },
  ),
  rescale: /* @__PURE__ */ kernel({ rescale }, ({ rescale }): TransportKernels['rescale'] => {
    return (K, u, v, r, c) => rescale(K.rows, K.columns, K.data, K.stride, u, v, r, c)
  }),
})
