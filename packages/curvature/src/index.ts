export { type Eigen, type EigenOptions, symmetricEigen } from './eigen/symmetric-eigen.ts'
export { tridiagonalEigen } from './eigen/tridiagonal-eigen.ts'
export {
  type ExtremeEigenOptions,
  type ExtremeEigenReport,
  type ExtremeEigenSolution,
  extremeEigen,
} from './lanczos/extreme-eigen.ts'
export { type LanczosOptions, type LanczosReport, type LanczosSolution, lanczos } from './lanczos/lanczos.ts'
export type { Which } from './lanczos/which.ts'
export { type Product, type SeedOption, symmetric } from './operator.ts'
