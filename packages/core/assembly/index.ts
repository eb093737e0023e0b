export { axpy, axpy32, dot, dot32 } from './vectors'
export { gemv, gemv32, gemvT, gemvT32, scale2, spmv } from './matrices'
export { gemm, gemm32, syrk } from './products'
export { potrf, trsm, trsmT, trsv, trsvT } from './triangular'
export { vexp } from './exp'
export { vlog } from './log'
export { colLse, gibbs, rowLse, sinkhornRow, softmaxRows } from './transport'
export { gibbsMarginals, rescale } from './plan'
export { adahessian, adahessian32, adamDirection, adamDirection32, diffgrad, diffgrad32 } from './adaptive'
export {
  largest, largest32, largestCosine, largestCosine32, projectRows, projectRows32, scaleAbove, scaleAbove32, squaredNorm, squaredNorm32,
} from './norms'
export { adagrad, adagrad32, descend, descend32, rmsprop, rmsprop32, sgd, sgd32 } from './descent'
export { adam, adam32, adamw, adamw32, amsgrad, amsgrad32, lion, lion32, nonFinite, nonFinite32 } from './optimizers'

/** First byte free for data: the constants of the modules lie below. */
export function dataStart(): usize {
  return __heap_base
}
