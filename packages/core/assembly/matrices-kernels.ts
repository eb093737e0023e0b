export { gemv, gemvT, gemvT32, spmv } from './matrices'
export { gemm, gemm32, syrk } from './products'
export { potrf, trsm, trsmT, trsv, trsvT } from './triangular'
