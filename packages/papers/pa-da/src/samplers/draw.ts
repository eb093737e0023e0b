import { number, Random, refuse, show, type VectorLike, vector } from '@opt/core'

/** Where draws come from: a generator, or uniform numbers of [0, 1), one a draw. */
export type Uniforms = Random | VectorLike

/** Returns n uniform numbers. */
export function uniformsOf(source: Uniforms, n: number, label: string): Float64Array {
  if (source instanceof Random) {
    const drawn = new Float64Array(n)
    for (let i = 0; i < n; i++) drawn[i] = source.uniform()
    return drawn
  }
  if (typeof source !== 'object' || source === null)
    refuse(label, `a Random, or ${n} numbers from 0 to 1`, show(source), 'type')
  const given = vector(source, label, { length: n, sign: 'nonnegative' })
  given.forEach((u, i) => {
    if (u >= 1) refuse(`${label}[${i}]`, 'below 1', show(u))
  })
  return given
}

/** The distribution function of probabilities: cumulated sums, divided by the last. */
export function cumulated(p: Float64Array): Float64Array {
  const cdf = new Float64Array(p.length)
  let sum = 0
  for (let i = 0; i < p.length; i++) cdf[i] = sum += p[i]
  for (let i = 0; i < p.length; i++) cdf[i] /= sum
  return cdf
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

/**
 * {@link drawFrom} for each of many uniform numbers. A guide has the first place for each of n equal parts of [0, 1), from
 * which the search goes on in a few steps (Chen and Asau 1974).
 */
export function drawEach(cdf: Float64Array, u: Float64Array): Int32Array {
  const n = cdf.length
  const guide = new Int32Array(n)
  for (let k = 0, i = 0; k < n; k++) {
    while (i < n - 1 && cdf[i] <= k / n) i++
    guide[k] = i
  }
  const out = new Int32Array(u.length)
  for (let j = 0; j < u.length; j++) {
    let i = guide[Math.floor(u[j] * n)]
    // u * n may be rounded up to the next part.
    while (i > 0 && cdf[i - 1] > u[j]) i--
    while (i < n - 1 && cdf[i] <= u[j]) i++
    out[j] = i
  }
  return out
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
  const p = new Float64Array(values.length)
  for (let i = 0; i < p.length; i++) p[i] = (tau * (values[i] / shrink)) / sum + (1 - tau) / p.length
  return p
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
