/**
 * Elementary functions from exact arithmetic alone (+ - * / and square root), so that every engine gives the
 * same bits. The bounds in ulp hold against 40-digit values; NaN, infinities and signed zeros are treated as
 * Math treats them. Results below the smallest normal number are rounded gradually, as Math does, while the
 * kernels' exp makes them 0. Each series called ours is a Chebyshev interpolant computed with 60 digits or
 * more, its coefficients rounded to doubles and summed in two chains, of even and of odd powers; the error
 * stated is that of the rounded coefficients.
 */

export { erf, erfc, logNormalCdf, normalCdf } from './math/error-function.ts'
export { cosh, expm1, log1p, logAddExp, logit, sigmoid, sinh, softplus, tanh } from './math/exponential.ts'
export { gammaln } from './math/gamma.ts'
export { acos, asin, atan, atan2 } from './math/inverse-trigonometric.ts'
export { cbrt, hypot, log2, log10, pow } from './math/power.ts'
export { cos, sin, tan } from './math/trigonometric.ts'
