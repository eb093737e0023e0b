import type { Exports } from './kernel-set.ts'
import { checkWork, gemmWork, type Kernels, solveWork } from './kernels.ts'

/** The kernels of a WebAssembly instance: views in, pointers through. */
export function wasmKernels(wasm: Exports): Kernels {
  const at = (view: ArrayBufferView) => view.byteOffset
  return {
    dot: (n, x, y) => wasm.dot(n, at(x), at(y)),
    axpy: (n, alpha, x, y) => void wasm.axpy(n, alpha, at(x), at(y)),
    gemv: (m, n, A, lda, x, y) => void wasm.gemv(m, n, at(A), lda, at(x), at(y)),
    gemvT: (m, n, A, lda, x, y) => void wasm.gemvT(m, n, at(A), lda, at(x), at(y)),
    gemm: (m, n, k, alpha, A, rowA, columnA, B, rowB, columnB, C, ldc, work) => {
      checkWork('gemm', work, gemmWork(m, n, k))
      wasm.gemm(m, n, k, alpha, at(A), rowA, columnA, at(B), rowB, columnB, at(C), ldc, at(work))
    },
    syrk: (n, k, alpha, A, rowA, columnA, C, ldc, work) => {
      checkWork('syrk', work, gemmWork(n, n, k))
      wasm.syrk(n, k, alpha, at(A), rowA, columnA, at(C), ldc, at(work))
    },
    potrf: (n, A, lda, work) => {
      checkWork('potrf', work, solveWork(n, n))
      return wasm.potrf(n, at(A), lda, at(work))
    },
    trsv: (n, L, ldl, x) => void wasm.trsv(n, at(L), ldl, at(x)),
    trsvT: (n, L, ldl, x) => void wasm.trsvT(n, at(L), ldl, at(x)),
    trsm: (n, columns, L, ldl, B, ldb, work) => {
      checkWork('trsm', work, solveWork(n, columns))
      wasm.trsm(n, columns, at(L), ldl, at(B), ldb, at(work))
    },
    trsmT: (n, columns, L, ldl, B, ldb, work) => {
      checkWork('trsmT', work, solveWork(n, columns))
      wasm.trsmT(n, columns, at(L), ldl, at(B), ldb, at(work))
    },
    spmv: (m, starts, columns, values, x, y) => void wasm.spmv(m, at(starts), at(columns), at(values), at(x), at(y)),
    vexp: (n, x, y) => wasm.vexp(n, at(x), at(y)),
    vlog: (n, x, y) => void wasm.vlog(n, at(x), at(y)),
    rowLse: (m, n, C, ldc, g, epsilon, out, t) => void wasm.rowLse(m, n, at(C), ldc, at(g), epsilon, at(out), at(t)),
    colLse: (m, n, C, ldc, f, epsilon, out, t) => void wasm.colLse(m, n, at(C), ldc, at(f), epsilon, at(out), at(t)),
    softmaxRows: (m, n, X, ldx, Y, ldy) => void wasm.softmaxRows(m, n, at(X), ldx, at(Y), ldy),
    nonFinite: (n, x) => wasm.nonFinite(n, at(x)),
    nonFinite32: (n, x) => wasm.nonFinite32(n, at(x)),
    dot32: (n, x, y) => wasm.dot32(n, at(x), at(y)),
    axpy32: (n, alpha, x, y) => void wasm.axpy32(n, alpha, at(x), at(y)),
    gemv32: (m, n, A, lda, x, y) => void wasm.gemv32(m, n, at(A), lda, at(x), at(y)),
    gemvT32: (m, n, A, lda, x, y) => void wasm.gemvT32(m, n, at(A), lda, at(x), at(y)),
    gemm32: (m, n, k, alpha, A, rowA, columnA, B, rowB, columnB, C, ldc, work) => {
      checkWork('gemm32', work, gemmWork(m, n, k))
      wasm.gemm32(m, n, k, alpha, at(A), rowA, columnA, at(B), rowB, columnB, at(C), ldc, at(work))
    },
  }
}
