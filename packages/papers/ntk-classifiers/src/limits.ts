import { calling, log, refuse, type VectorLike, vector } from '@opt/core'
import type { Activation } from './activation/activation.ts'
import { type ActivationLike, activation } from './activation/make.ts'
import { polynomial } from './activation/series.ts'
import { classify } from './taxonomy.ts'

/** Closer to the identity, a limit takes more than a million layers. */
const CLOSEST = 1e-4

/**
 * Returns log psi(delta) of the singular kernel of an activation with A = 0 and A' != 0, for delta = 1 - x.x' =
 * |x - x'|^2 / 2: the weights of the infinitely deep network, psi = lim S_L / A'^(2L). Infinity at delta = 0,
 * -Infinity at delta = 1; near 0 it goes like delta^(-alpha/2).
 *
 * @param phi an activation, or anything that {@link activation} takes.
 * @param delta n numbers from 0 to 1.
 * @throws RangeError for an activation of another kind, and one nearer to linear than A'^2 = 1 - 1e-4; TypeError or
 *   RangeError for a wrong delta.
 */
export function singularKernel(phi: ActivationLike, delta: VectorLike): Float64Array {
  return calling('singularKernel', () => {
    const f = activation(phi)
    const { kind } = classify(f)
    if (kind !== 'singular-kernel')
      refuse('activation', "one with A = 0, A' != 0 that is not linear", `the kind ${kind}`)
    const gaps = vector(delta, 'delta', { sign: 'nonnegative' })
    gaps.forEach((gap, i) => void (gap > 1 && refuse(`delta[${i}]`, 'at most 1', String(gap))))
    const logPsi = logKoenigs(f)
    return gaps.map(logPsi)
  })
}

/** Coefficients of psi that are computed; more would shorten the iteration by little. */
const TERMS = 8

/**
 * log psi as a function of delta. psi solves psi(D(s)) = c_1 psi(s) with psi(s) = s + psi_2 s^2 + ..., so the layers
 * are iterated until the first terms of this series suffice.
 */
export function logKoenigs(f: Activation): (delta: number) => number {
  const c = f.powers!
  if (1 - c[1] < CLOSEST) refuse('activation', `of A'^2 at most ${1 - CLOSEST}`, String(c[1]))
  const psi = koenigsSeries(c)
  const enough = reach(c, psi)
  const next = new Float64Array(3)
  const [shifted, logSlope] = [psi.subarray(1), log(c[1])]
  return (delta) => {
    if (delta === 0) return Infinity
    let gap = delta
    let s = 1 - delta
    let steps = 0
    while (s > enough) {
      f.layer(s, gap, next)
      gap = next[1]
      s = next[2]
      steps++
    }
    return log(s * polynomial(shifted, s)) - steps * logSlope
  }
}

/** psi_n (c_1 - c_1^n) = sum over m < n of psi_m [s^n] D(s)^m, for n up to TERMS. */
function koenigsSeries(c: Float64Array): Float64Array {
  const psi = new Float64Array(TERMS + 1)
  psi[1] = 1
  const sums = new Float64Array(TERMS + 1)
  let power = Float64Array.from({ length: TERMS + 1 }, (_, i) => c[i] ?? 0)
  const first = power
  let leading = c[1]
  for (let m = 1; m <= TERMS; m++) {
    if (m > 1) {
      psi[m] = sums[m] / (c[1] - leading)
      power = product(power, first)
    }
    leading *= c[1]
    if (m === 1) leading = c[1] * c[1]
    for (let n = m + 1; n <= TERMS; n++) sums[n] += psi[m] * power[n]
  }
  return psi
}

function product(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(a.length)
  for (let i = 0; i < a.length; i++) for (let j = 0; i + j < a.length; j++) out[i + j] += a[i] * b[j]
  return out
}

/**
 * The largest power of 1/2 at which the cut series solves psi(D(s)) = c_1 psi(s) to 2^-50. What it leaves over has
 * nonnegative coefficients, so it solves it as well at all smaller s.
 */
function reach(c: Float64Array, psi: Float64Array): number {
  let s = 0.25
  while (s > 1e-100) {
    const want = c[1] * polynomial(psi, s)
    if (Math.abs(polynomial(psi, polynomial(c, s)) - want) <= 8.9e-16 * want) break
    s /= 2
  }
  return s
}

/**
 * log chi as a function of delta, for A != 0 and B' < 1: chi = lim (1 - S_L) / B'^L, the variogram of the degenerate
 * limit. -Infinity at 0.
 */
export function logVariogram(f: Activation): (delta: number) => number {
  const b = f.derivativeSecondMoment
  if (1 - b < CLOSEST) refuse('activation', `of B' at most ${1 - CLOSEST}, or 1 and above`, String(b))
  const logSlope = log(b)
  // 1 - D(1 - delta) = B' delta up to a relative error of this order.
  const enough = 1e-17 * (1 - b)
  return (delta) => {
    if (delta === 0) return -Infinity
    let gap = delta
    let steps = 0
    while (gap > enough) {
      gap = f.dualGap(gap)
      steps++
    }
    return log(gap) - steps * logSlope
  }
}
