export { colLse, rowLse } from '../../../core/assembly/softmax'
export { dot } from '../../../core/assembly/vectors'
export { gemv, gemvT, spmv } from '../../../core/assembly/matrices'
export { gibbsMarginals, rescale, scale2, sinkhornRow } from './plan'
