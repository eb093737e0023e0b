import { number, oneOf, options, refuse, type VectorLike, vectorCopy } from '@opt/core'
import { derivativeErrors } from './derivative-errors.ts'
import { minimaxCoefficients } from './minimax.ts'

/** A polynomial p(x) = sum_m c_m x^m near e^x on [-range, range]. */
export interface ExpPolynomial {
  /** c_0 to c_g. */
  readonly coefficients: Float64Array
  /** The largest |x| it is for. */
  readonly range: number
  /** max |p(x) e^-x - 1| for |x| <= range: in closed form for Taylor's, on a grid of 4097 points otherwise. */
  readonly delta: number
  /** max |p'(x) e^-x - 1|, computed alike. */
  readonly deltaPrime: number
}

/** What {@link expPolynomial} is asked for. */
export interface ExpPolynomialOptions {
  /**
   * 'taylor': the best on logits that cluster at 0; take an odd degree, because p' of an even one is negative from
   * x < -1 on. 'minimax': the least worst case of p and p', for certificates.
   */
  kind?: 'taylor' | 'minimax' | undefined
  /** B, 0 to 700. */
  range: number
  /** g, 1 to 60. */
  degree: number
}

/** Returns max |1 - p e^-x| of Taylor's polynomial: int_0^B e^u u^g / g! du = sum_k B^(g+1+k) / (g! k! (g+1+k)). */
export function taylorError(range: number, degree: number): number {
  let power = range
  for (let k = 1; k <= degree; k++) power *= range / k
  let sum = 0
  for (let k = 0; k < 2000; k++) {
    const term = power / (degree + 1 + k)
    sum += term
    if (term <= 1e-18 * sum) break
    power *= range / (k + 1)
  }
  return sum
}

/** Returns 1 / m! for m = 0 to g. */
export function taylorCoefficients(degree: number): Float64Array {
  const c = new Float64Array(degree + 1).fill(1)
  for (let m = 1; m <= degree; m++) c[m] = c[m - 1] / m
  return c
}

/**
 * Returns a polynomial for e^x whose relative error, and that of its derivative, are known.
 *
 * @throws RangeError when `range` or `degree` is out of range, or no minimax polynomial of this degree has an error
 *   below 1: a larger degree or a smaller range is needed then.
 */
export function expPolynomial(given: ExpPolynomialOptions): ExpPolynomial {
  const { kind = 'taylor', range, degree } = options(given, 'expPolynomial: options', ['kind', 'range', 'degree'])
  oneOf(kind, 'expPolynomial: kind', ['taylor', 'minimax'])
  number(range, 'expPolynomial: range', { min: 0, max: 700 })
  number(degree, 'expPolynomial: degree', { integer: true, min: 1, max: 60 })
  const polynomial = kind === 'taylor' ? taylorPolynomial(range, degree) : minimaxPolynomial(range, degree)
  if (!polynomial)
    refuse('expPolynomial: degree', `large enough for an error below 1 on [-${range}, ${range}]`, String(degree))
  return polynomial!
}

function taylorPolynomial(range: number, degree: number): ExpPolynomial {
  return {
    coefficients: taylorCoefficients(degree),
    range,
    delta: taylorError(range, degree),
    deltaPrime: taylorError(range, degree - 1),
  }
}

/** Returns undefined where no polynomial of this degree has an error below 1. */
function minimaxPolynomial(range: number, degree: number): ExpPolynomial | undefined {
  if (!(range <= 700)) return undefined
  const taylor = taylorPolynomial(range, degree)
  // Below this error, rounding decides.
  if (taylor.deltaPrime < 1e-12) return taylor
  const coefficients = minimaxCoefficients(range, degree)
  const { grid } = derivativeErrors(coefficients, range)
  const [delta, deltaPrime] = [grid[0].at(-1)!, grid[1].at(-1)!]
  return Math.max(delta, deltaPrime) < 0.999 ? { coefficients, range, delta, deltaPrime } : undefined
}

/** Returns the polynomial of a name, or the given one, checked; undefined where no minimax polynomial is of use. */
export function choosePolynomial(
  given: 'taylor' | 'minimax' | { readonly coefficients: VectorLike },
  range: number,
  degree: number,
): Float64Array | undefined {
  if (typeof given === 'object' && given !== null) {
    const coefficients = vectorCopy(given.coefficients, 'polynomial.coefficients')
    if (coefficients.length < 2 || coefficients.length > 61)
      refuse('polynomial.coefficients', 'of length 2 to 61', `length ${coefficients.length}`)
    return coefficients
  }
  oneOf(given, 'polynomial', ['taylor', 'minimax'])
  return given === 'taylor' ? taylorCoefficients(degree) : minimaxPolynomial(range, degree)?.coefficients
}
