export { gemm, syrk } from '../../../core/assembly/products'
