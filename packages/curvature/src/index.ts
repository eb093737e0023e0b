/**
 * What one can learn of a symmetric operator, such as a Hessian, from its products with vectors, and the dense symmetric eigenproblem.
 *
 * @packageDocumentation
 */

export { type Eigen, type EigenOptions, symmetricEigen } from './eigen/symmetric-eigen.ts'
export { SymmetricEigensolver } from './eigen/symmetric-eigensolver.ts'
export { tridiagonalEigen } from './eigen/tridiagonal-eigen.ts'
export { type AsymmetryOptions, asymmetry } from './estimates/asymmetry.ts'
export { type DiagonalEstimate, type DiagonalOptions, type DiagonalReport, diagonal } from './estimates/diagonal.ts'
export { type HutchPlusPlusOptions, hutchPlusPlus } from './estimates/hutch-plus-plus.ts'
export {
  type HutchinsonOptions,
  hutchinson,
  type TraceEstimate,
  type TraceReport,
} from './estimates/hutchinson.ts'
export type { QuadratureOptions, Rule } from './estimates/quadrature.ts'
export {
  type LanczosGapOptions,
  lanczosGap,
  type SamplingBoundOptions,
  samplingBound,
} from './estimates/random-bounds.ts'
export { type SmoothDensity, type SmoothingOptions, smoothDensity } from './estimates/smooth-density.ts'
export { type SpectralDensity, type SpectralDensityOptions, spectralDensity } from './estimates/spectral-density.ts'
export { type Bracket, type Estimate, type Spectrum, type SpectrumOptions, spectrum } from './estimates/spectrum.ts'
export { type QuadratureReport, traceOf } from './estimates/trace-of.ts'
export {
  type ExtremeEigenOptions,
  type ExtremeEigenReport,
  type ExtremeEigenSolution,
  extremeEigen,
} from './lanczos/extreme-eigen.ts'
export { type LanczosOptions, type LanczosReport, type LanczosSolution, lanczos } from './lanczos/lanczos.ts'
export {
  type PowerIterationOptions,
  type PowerIterationReport,
  type PowerIterationSolution,
  powerIteration,
} from './lanczos/power-iteration.ts'
export { type RitzValues, ritzValues } from './lanczos/ritz-values.ts'
export type { Which } from './lanczos/which.ts'
export { type Product, type SeedOption, symmetric } from './operator.ts'
