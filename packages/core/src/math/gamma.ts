import { log } from '../kernels/exp-log.ts'
import { logParts, productError, tail } from './double-double.ts'

/**
 * log Gamma(1 + d) = d (ONE + d series(d)) for -0.3 <= d <= 0.2, where ONE is minus Euler's constant.
 * Our Chebyshev interpolant of degree 20; error 2^-55.
 */
const ONE = -0.5772156649015329
const ONE_LOW = 4.977322570403656e-18
function nearOne(d: number): number {
  const w = d * d
  const series =
    0.8224670334241132 +
    w *
      (0.27058080842778265 +
        w *
          (0.1695571769981417 +
            w *
              (0.12550966938649674 +
                w *
                  (0.10009947219576104 +
                    w *
                      (0.08335290444958446 +
                        w *
                          (0.07146931843317757 +
                            w * (0.06166278375837603 + w * (0.06595499651234052 + w * -0.0007220145325752608)))))))) +
    d *
      (-0.40068563438653154 +
        w *
          (-0.2073855510285979 +
            w *
              (-0.144049896786078 +
                w *
                  (-0.11133426395430644 +
                    w *
                      (-0.0909541322810613 +
                        w *
                          (-0.07692879393086269 +
                            w *
                              (-0.06672097590527266 +
                                w * (-0.05906602869650154 + w * (-0.03653310296361134 + w * -0.1871577404888987)))))))))
  return d * (ONE + (ONE_LOW + d * series))
}

/**
 * log Gamma(2 + d) = d (TWO + d series(d)) for -0.25 <= d <= 0.75, where TWO is 1 minus Euler's constant.
 * Our Chebyshev interpolant of degree 18; error 2^-55.
 */
const TWO = 0.42278433509846713
const TWO_LOW = 4.9685015198420814e-18
function nearTwo(d: number): number {
  const w = d * d
  const series =
    0.3224670334241132 +
    w *
      (0.020580808427785213 +
        w *
          (0.002890510330674225 +
            w *
              (0.0005096695276243931 +
                w *
                  (9.945746131332553e-5 +
                    w *
                      (2.0507336042372018e-5 +
                        w * (4.381047733901471e-6 + w * (9.136473661737167e-7 + w * 1.022380941036323e-7))))))) +
    d *
      (-0.06735230105319812 +
        w *
          (-0.007385551028671686 +
            w *
              (-0.0011927539116992248 +
                w *
                  (-0.00022315476520417068 +
                    w *
                      (-4.49259936517619e-5 +
                        w *
                          (-9.442409355797119e-6 +
                            w * (-2.035362620199177e-6 + w * (-3.585798101920486e-7 + w * -1.4876575036835865e-8))))))))
  return d * (TWO + (TWO_LOW + d * series))
}

/**
 * log Gamma(ARGMIN + d) = LOWEST + d^2 series(d) round its minimum, for arguments from 1.2 to 1.75.
 * Our Chebyshev interpolant of degree 15; error 2^-55.
 */
const ARGMIN = 1.4616321449683622
const ARGMIN_LOW = 9.549995429965697e-17
const LOWEST = -0.12148629053584961
const LOWEST_LOW = 3.364991468473138e-18
function nearMinimum(d: number): number {
  const w = d * d
  const series =
    0.4838361227238106 +
    w *
      (0.06462494023891514 +
        w *
          (0.01797067511452024 +
            w *
              (0.006100536096936015 +
                w *
                  (0.0022597606363077083 +
                    w * (0.0008783579096948367 + w * (0.00034983168618165603 + w * 0.00016197304493635305)))))) +
    d *
      (-0.14758772299453077 +
        w *
          (-0.03278854108843871 +
            w *
              (-0.010314223043251462 +
                w *
                  (-0.0036845691630926847 +
                    w *
                      (-0.001402266433920347 +
                        w * (-0.0005539382575212449 + w * (-0.00022657969441728458 + w * -9.169283361590446e-5)))))))
  return LOWEST + (LOWEST_LOW + w * series)
}

/** log(2 pi) / 2 - 1/2. */
const STIRLING = 0.4189385332046727
const STIRLING_LOW = 1.6728209650585413e-17

/**
 * x >= 8: (x - 1/2) (log x - 1) + log(2 pi)/2 - 1/2 + 1/(12 x) - 1/(360 x^3) + ..., the first product in
 * double-double.
 */
function stirling(x: number): number {
  const high = logParts(x) - 1
  const low = tail[0]
  // Here the correction is far below an ulp, and the exact product would overflow on the way.
  if (x > 1e290) return x * (high + low)
  const z = 1 / (x * x)
  const series =
    1 / 12 -
    z *
      (1 / 360 -
        z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z * (1 / 156 - z * (3617 / 122400)))))))
  const factor = x - 0.5
  const product = factor * high
  return product + (productError(factor, high, product) + factor * low + (STIRLING_LOW + series / x) + STIRLING)
}

/**
 * log Gamma(x) for x > 0, also next to its roots 1 and 2; within 2 ulp. Infinity at 0, NaN below: the
 * reflection to negative x is not offered.
 */
export function gammaln(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN
  if (x >= 8) return x === Infinity ? x : stirling(x)
  if (x < 0.2) return nearOne(x) - log(x)
  if (x < 0.7) return nearMinimum(x - (ARGMIN - 1) - ARGMIN_LOW) - log(x)
  // Adding 0 makes -0 at x = 1 a 0.
  if (x < 1.2) return nearOne(x - 1) + 0
  if (x < 1.75) return nearMinimum(x - ARGMIN - ARGMIN_LOW)
  // Gamma(x) = (x - 1) (x - 2) ... Gamma(2 + d).
  let d = x - 2
  let product = 1
  for (; d >= 0.75; d--) product *= d + 1
  return product === 1 ? nearTwo(d) : log(product) + nearTwo(d)
}
