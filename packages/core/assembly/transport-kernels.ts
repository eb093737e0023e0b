export { colLse, rowLse } from './softmax'
export { dot } from './vectors'
export { gemv, gemvT, spmv } from './matrices'
export { gibbsMarginals, rescale, scale2, sinkhornRow } from './transport'
