import { cos, sin } from '@opt/core'

const TWO_PI = 2 * Math.PI
/** Adding and subtracting it rounds to an integer. */
const ROUND = 6755399441055744

/**
 * 1 - cos(2 pi t) = 2 sin(pi t)^2, exact to rounding however small it is; whole turns are removed exactly. The series of
 * sin(pi t) on [-1/2, 1/2] is our Chebyshev interpolant of degree 8
 * in its square; error 2^-54.
 */
export function versineOfTurns(t: number): number {
  const r = Math.abs(t) < 4503599627370496 ? t - (t + ROUND - ROUND) : 0
  const z = r * r
  const w = z * z
  const even =
    Math.PI +
    w * (2.5501640398773007 + w * (0.0821458865731029 + w * (0.0004662998161898394 + w * 7.697826768224191e-7)))
  const odd = -5.167712780049969 + w * (-0.5992645293189447 + w * (-0.007370430505916944 + w * -2.1903497074626018e-5))
  const s = r * (even + z * odd)
  return 2 * (s * s)
}

/** Removes whole turns and writes the rest as k quarters and at most an eighth. */
const quarters = (t: number) => Math.round(4 * (t - Math.round(t)))

/** sin(2 pi t). */
export function sinOfTurns(t: number): number {
  const k = quarters(t)
  const angle = TWO_PI * (t - Math.round(t) - k / 4)
  if ((k & 1) === 0) return k === 0 ? sin(angle) : -sin(angle)
  return k === 1 ? cos(angle) : -cos(angle)
}
