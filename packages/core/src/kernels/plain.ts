import { vexp, vlog } from './exp-log.ts'
import type { Kernels } from './kernels.ts'
import { axpy32, dot32, gemm32, gemv32, gemvT32 } from './plain-float32.ts'
import { axpy, dot, gemv, gemvT, nonFinite, spmv } from './plain-matrices.ts'
import { gemm, potrf, syrk, trsm, trsmT, trsv, trsvT } from './plain-products.ts'
import { colLse, rowLse, softmaxRows } from './plain-softmax.ts'

/** The kernels in plain JavaScript, for any views: what a workspace uses where there is no WebAssembly. The same bits, only slower. */
export const plainKernels: Kernels = {
  ...{ dot, axpy, gemv, gemvT, gemm, syrk, potrf, trsv, trsvT, trsm, trsmT, spmv },
  ...{ vexp, vlog, rowLse, colLse, softmaxRows },
  ...{ nonFinite, nonFinite32: nonFinite },
  ...{ dot32, axpy32, gemv32, gemvT32, gemm32 },
}
