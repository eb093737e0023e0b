/**
 * The core's kernels one by one, for a room's module that contains some of them: `kernelSet(wasm, { gemv:
 * kernels.gemv, ... })`.
 */
export { colLse, rowLse, softmaxRows, vexp } from './exponentials.ts'
export { gemm, gemv, gemvT, gemvT64, potrf, spmv, syrk, trsm, trsmT, trsv, trsvT } from './matrices.ts'
// Plain twins, for the plain twins of a room's own kernels.
export { axpy as plainAxpy, dot as plainDot, gemvT as plainGemvT } from './plain/matrices.ts'
export { exponents, shiftOf } from './plain/softmax.ts'
export { largest, nonFinite, peak, squaredNorm } from './scans.ts'
export { axpy, dot } from './vectors.ts'
