export { type Eigen, type EigenOptions, symmetricEigen } from './eigen/symmetric-eigen.ts'
export { tridiagonalEigen } from './eigen/tridiagonal-eigen.ts'
