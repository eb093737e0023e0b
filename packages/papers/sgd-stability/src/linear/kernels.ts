import { type KernelSet, kernel, kernelSet, type MatrixView } from '@opt/core'
import * as core from '@opt/core/kernels'
import { wasm } from '../wasm.ts'

/** Products of the core, in float64 only: a module of a third of the size. */
export interface ProductKernels {
  /** C += alpha A B. `work` holds gemmScratch(m, n, k) numbers, A being m x k, B k x n. */
  gemm(alpha: number, A: MatrixView, B: MatrixView, C: MatrixView, work: Float64Array): void
  /** Lower triangle of C += alpha A A'. `work` holds gemmScratch(n, n, k) numbers, A being n x k. */
  syrk(alpha: number, A: MatrixView, C: MatrixView, work: Float64Array): void
}

type Gemm = (...args: (number | Float64Array)[]) => void

const rowStride = ({ stride, transposed }: MatrixView) => (transposed ? 1 : stride)
const columnStride = ({ stride, transposed }: MatrixView) => (transposed ? stride : 1)

export const productKernels: KernelSet<ProductKernels> = /* @__PURE__ */ kernelSet(wasm, {
  gemm: /* @__PURE__ */ kernel(
    { gemm: core.gemm.plain.gemm as Gemm },
    ({ gemm }): ProductKernels['gemm'] =>
      (alpha, A, B, C, work) => {
        // biome-ignore format: A, B and C, one a line
        gemm(
          C.rows, C.columns, A.columns, alpha,
          A.data, rowStride(A), columnStride(A),
          B.data, rowStride(B), columnStride(B),
          C.data, C.stride, work,
        )
      },
  ),
  syrk: core.syrk,
})
