import { log } from '../kernels/exp-log.ts'
import { expSum, productError, sumError } from './double-double.ts'
import { log1p } from './exponential.ts'

/** erf(sqrt z) / sqrt z - 1 on [0, 1]: our Chebyshev interpolant of degree 13; error 2^-56 of erf. */
function erfSeries(z: number): number {
  const w = z * z
  return (
    0.1283791670955126 +
    w *
      (0.1128379167095512 +
        w *
          (0.0052239776254232985 +
            w *
              (0.00012055332902888736 +
                w * (1.6462045441468418e-6 + w * (1.4792401209404813e-8 + w * 8.709045129053106e-11))))) +
    z *
      (-0.37612638903183754 +
        w *
          (-0.02686617064512984 +
            w *
              (-0.000854832702193483 +
                w *
                  (-1.4925647567519332e-5 +
                    w * (-1.6364642158167616e-7 + w * (-1.216456005728345e-9 + w * -4.230945824295338e-12))))))
  )
}

/**
 * With k(x) = log(e^(x^2) erfc x): k(1.25 + d) = MIDDLE + d (SLOPE + d middleSeries(d)) for |d| <= 0.75.
 * Our Chebyshev interpolant of degree 17; error 2^-57.
 */
const MIDDLE = -1.0001536619221256
const MIDDLE_LOW = -9.929445768761704e-17
const SLOPE = -0.5677239416692396
const SLOPE_LOW = -4.1406788651648313e-17
function middleSeries(d: number): number {
  const w = d * d
  return (
    0.1291898359412214 +
    w *
      (0.007791961611586624 +
        w *
          (0.00024678399414955525 +
            w *
              (-1.0830877923901247e-5 +
                w *
                  (-1.4457586297926938e-6 +
                    w *
                      (-1.6244915398447395e-9 +
                        w * (8.426477721309551e-9 + w * (3.8045891277778624e-10 + w * -5.031041344817354e-11))))))) +
    d *
      (-0.03268700868262717 +
        w *
          (-0.001606950961727566 +
            w *
              (-1.004168817941589e-5 +
                w *
                  (5.166533538114787e-6 +
                    w *
                      (2.508237320327706e-7 +
                        w * (-1.8541625460137024e-8 + w * (-2.365176338766224e-9 + w * 6.457066891098652e-11)))))))
  )
}

/**
 * k(x) + log(x sqrt pi) at x = 1 / (0.1875 + d) - 1, 2 <= x <= 28: our Chebyshev interpolant of degree 19;
 * error 2^-57.
 */
function farSeries(d: number): number {
  const w = d * d
  return (
    -0.025051652569030886 +
    w *
      (-1.182903006624319 +
        w *
          (0.10653725455890627 +
            w *
              (-2.7847198812318577 +
                w *
                  (7.545473615422763 +
                    w *
                      (-27.24658753351095 +
                        w *
                          (39.427259738889255 +
                            w * (281.4819865064417 + w * (-2887.923713769861 + w * 10826.04457795581)))))))) +
    d *
      (-0.3104005589237395 +
        w *
          (-1.2915960310140355 +
            w *
              (0.49201859820687943 +
                w *
                  (-2.013163223427785 +
                    w *
                      (-4.304741956663427 +
                        w *
                          (48.06614660073964 +
                            w *
                              (-280.2908987546717 +
                                w * (840.1222626749035 + w * (827.1429911899426 + w * -15968.442098417463)))))))))
  )
}
/** -log(pi) / 2. */
const FAR = -0.5723649429247001
const FAR_LOW = -5.132975581353913e-18

/** The low part of the last {@link upperExponent}. */
let exponentLow = 0

/**
 * k(x) - x^2 at x + xLow for x >= 1/2, given its square, to first order in xLow; for x >= 2 plus log x.
 * Summed in double-double, so that the size of x^2 costs no accuracy.
 */
function upperExponent(x: number, xLow: number, square: number, squareLow: number): number {
  const far = x >= 2
  const d = far ? 1 / (x + 1) - 0.1875 : x - 1.25
  const constant = far ? FAR : MIDDLE
  const series = far
    ? FAR_LOW + farSeries(d) - xLow / x
    : MIDDLE_LOW + SLOPE * xLow + d * (SLOPE + (SLOPE_LOW + d * middleSeries(d)))
  const head = constant - square
  const rest = sumError(constant, -square, head) + (series - squareLow)
  const exponent = head + rest
  exponentLow = head - exponent + rest
  return exponent
}

/** erfc(x + xLow) for x >= 1/2, given its square. */
function upperTail(x: number, xLow: number, square: number, squareLow: number): number {
  const exponent = upperExponent(x, xLow, square, squareLow)
  const value = expSum(exponent, exponentLow)
  return x >= 2 ? value / x : value
}

/** erfc x for x >= 1/2. */
function complement(x: number): number {
  if (x > 28) return 0
  const square = x * x
  return upperTail(x, 0, square, productError(x, x, square))
}

/** The error function 2 / sqrt(pi) * integral of e^(-t^2) from 0 to x, within 1.5 ulp. */
export function erf(x: number): number {
  const size = Math.abs(x)
  if (size <= 1) return x + x * erfSeries(x * x)
  const value = size > 6 ? 1 : 1 - complement(size)
  return x < 0 ? -value : x > 0 ? value : NaN
}

/** 1 - erf x, accurate in the upper tail (gradual underflow near x = 27); within 2 ulp. */
export function erfc(x: number): number {
  if (x >= 0.5) return complement(x)
  if (x > -1) return 0.5 + (0.5 - x - x * erfSeries(x * x))
  return x < -6 ? 2 : 2 - complement(-x)
}

/** log(2 pi) / 2. */
const HALF_LOG_2PI = 0.9189385332046728
const SQRT1_2_LOW = -4.833646656726457e-17

/**
 * The standard normal distribution function P(Z <= x), accurate in the lower tail (gradual underflow near x = -38);
 * within 2 ulp.
 */
export function normalCdf(x: number): number {
  const size = Math.abs(x)
  const z = size * Math.SQRT1_2
  if (z < 0.5) {
    const half = 0.5 * x * Math.SQRT1_2
    return 0.5 + (half + half * erfSeries(z * z))
  }
  if (!(z <= 28)) return x < 0 ? 0 : x > 0 ? 1 : NaN
  const square = size * size
  const zLow = productError(size, Math.SQRT1_2, z) + size * SQRT1_2_LOW
  const tail = 0.5 * upperTail(z, zLow, 0.5 * square, 0.5 * productError(size, size, square))
  return x < 0 ? tail : 1 - tail
}

/** Below this, log P(Z <= x) is its asymptotic series. */
const ASYMPTOTIC = -39

/**
 * The logarithm of the standard normal distribution function, accurate in both tails, however far out; within 3 ulp.
 */
export function logNormalCdf(x: number): number {
  if (x >= 0) return log1p(-normalCdf(-x))
  if (!(x < -0.75)) return log(normalCdf(x))
  if (x === -Infinity) return x
  const square = x * x
  const squareLow = square < 1e300 ? productError(x, x, square) : 0
  if (x < ASYMPTOTIC) {
    // log(phi(x) / |x| (1 - 1/x^2 + 3/x^4 - 15/x^6 + ...)), the logarithm of the series as one in u.
    const u = 1 / square
    return (
      -0.5 * square -
      (log(-x) +
        HALF_LOG_2PI +
        (0.5 * squareLow + u * (1 - u * (5 / 2 - u * (37 / 3 - u * (353 / 4 - u * (4081 / 5)))))))
    )
  }
  const z = -x * Math.SQRT1_2
  const zLow = productError(-x, Math.SQRT1_2, z) - x * SQRT1_2_LOW
  const exponent = upperExponent(z, zLow, 0.5 * square, 0.5 * squareLow)
  return exponent + (exponentLow - Math.LN2 - (z >= 2 ? log(z) : 0))
}
