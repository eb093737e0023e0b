export { axpy, dot } from '../../core/assembly/vectors'
export { gemv, gemvT } from '../../core/assembly/matrices'
