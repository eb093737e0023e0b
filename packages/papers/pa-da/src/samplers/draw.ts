import { number, Random, refuse, show, type VectorLike, vector } from '@opt/core'

/** Where draws come from: a generator, or uniform numbers of [0, 1), one a draw. */
export type Uniforms = Random | VectorLike

/** Returns n uniform numbers. */
export function uniformsOf(source: Uniforms, n: number, label: string): Float64Array {
  if (source instanceof Random) return Float64Array.from({ length: n }, () => source.uniform())
  const given = vector(source, label, { length: n, sign: 'nonnegative' })
  given.forEach((u, i) => {
    if (u >= 1) refuse(`${label}[${i}]`, 'below 1', show(u))
  })
  return given
}

/** The distribution function of probabilities: cumulated sums, divided by the last. */
export function cumulated(p: Float64Array): Float64Array {
  let sum = 0
  const cdf = p.map((value) => (sum += value))
  return cdf.map((value) => value / sum)
}

/** The first place whose cdf exceeds u. */
export function drawFrom(cdf: Float64Array, u: number): number {
  let [low, high] = [0, cdf.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (cdf[middle] > u) high = middle
    else low = middle + 1
  }
  return low
}

/** Mixes tau * values / sum with (1 - tau) / n; null when all values are 0. */
export function mixed(values: Float64Array, tau: number): Float64Array | null {
  // Divided by the largest first: sums of huge norms would overflow.
  let most = 0
  for (const value of values) if (value > most) most = value
  if (most === 0) return null
  const shrink = most > 1e290 || most < 1e-290 ? most : 1
  let sum = 0
  for (const value of values) sum += value / shrink
  return values.map((value) => (tau * (value / shrink)) / sum + (1 - tau) / values.length)
}

/** Checks tau and caps it. */
export const checkTau = (tau: number, tauMax: number): number =>
  Math.min(number(tau, 'tau', { min: 0, max: 1 }), tauMax)

/** A running mean as in the official code: the first value is kept or halved, then (old + new) / 2. */
export const half = (old: number, value: number): number => old / 2 + value / 2

/** Refuses what does not sum to 1. */
export function checkDistribution(p: Float64Array, label: string): void {
  const sum = p.reduce((a, b) => a + b, 0)
  if (!(Math.abs(sum - 1) <= 1e-6)) refuse(label, 'probabilities that sum to 1', `a sum of ${sum}`)
}
