export { axpy, axpy32, dot, dot32 } from './vectors'
