export { axpy, axpy32, dot, dot32, nonFinite, nonFinite32 } from './vectors'
export { largest, largest32, peak, peak32, squaredNorm, squaredNorm32 } from './norms'
