import { type MatrixLike, matrix, number, options, type Random, refuse } from '@opt/core'
import { checkPerturbed, checkRandom } from '../checks.ts'
import { checkCount, keyOf, PatternSet, type Patterns, writePattern } from './patterns.ts'

/** Options of {@link thickPatterns}. */
export interface ThickOptions {
  /** The number of patterns, including the all-ones one. */
  count: number
  /** Draws the normals. */
  random: Random
  /** Which features may be perturbed, d flags (default all). */
  perturbed?: ArrayLike<boolean | number>
  /** The number of random normals to choose from (default 20 000). */
  candidates?: number
}

/** Answer of {@link thickPatterns}. */
export interface ThickPatterns extends Patterns {
  /**
   * min_k |x_k . g| / ||g_J||_1 of the best normal of each pattern: up to this epsilon the pattern
   * certainly has a robust cone. The all-ones pattern scores Infinity if an unperturbed feature has
   * one sign in every row (a bias), otherwise the score found, or 0.
   */
  scores: Float64Array
  /** Set when fewer patterns were found than asked for. */
  note?: string
}

/**
 * Returns patterns that leave room for perturbations. On dense, low-dimensional data, patterns of
 * plain Gaussian normals leave none, and robust training can then only return the zero network. The
 * all-ones pattern comes first (with a bias, a linear unit), then the patterns of those random
 * normals whose hyperplanes are farthest from every row in l_inf.
 *
 * @param X n x d.
 * @returns up to `count` patterns by falling score, with a `note` if fewer were found.
 * @throws TypeError or RangeError that names the invalid argument.
 */
export function thickPatterns(X: MatrixLike, given: ThickOptions): ThickPatterns {
  const data = matrix(X, 'thickPatterns: X')
  const [n, d] = data.shape as [number, number]
  const checked = options(given, 'thickPatterns: options', ['count', 'random', 'perturbed', 'candidates'])
  const { candidates = 20_000 } = checked
  const random = checkRandom(checked.random, 'thickPatterns: random')
  const count = checkCount(checked.count, 'thickPatterns: count')
  number(candidates, 'thickPatterns: candidates', { integer: true, min: 1 })
  const J = checkPerturbed(checked.perturbed, d, 'thickPatterns: perturbed')
  if (J.length === 0) refuse('thickPatterns: perturbed', 'true for at least one feature', 'none')

  const isPerturbed = new Uint8Array(d)
  for (const j of J) isPerturbed[j] = 1
  const reach = 0.6 * Math.sqrt(J.length)
  const best = new Map<string, { score: number; bits: Uint8Array }>()
  const g = new Float64Array(d)
  const bits = new Uint8Array(n)
  for (let t = 0; t < candidates; t++) {
    let size = 0
    for (let j = 0; j < d; j++) {
      g[j] = random.normal() * (isPerturbed[j] ? 1 : reach)
      if (isPerturbed[j]) size += Math.abs(g[j])
    }
    const score = distance(data.data, d, g) / size
    writePattern(data.data, d, g, bits)
    const key = keyOf(bits)
    if ((best.get(key)?.score ?? -1) < score) best.set(key, { score, bits: bits.slice() })
  }

  const ones = new Uint8Array(n).fill(1)
  const constant = data.shape[1] > J.length && hasBias(data.data, n, d, isPerturbed)
  const first = { score: constant ? Infinity : (best.get(keyOf(ones))?.score ?? 0), bits: ones }
  const others = [...best.values()].filter(({ bits }) => bits.includes(0) && bits.includes(1))
  const chosen = [first, ...others.sort((a, b) => b.score - a.score).slice(0, count - 1)]
  const set = new PatternSet(n)
  for (const { bits } of chosen) set.add(bits)
  const found = { ...set.patterns(), scores: Float64Array.from(chosen, ({ score }) => score) }
  if (chosen.length === count) return found
  return { ...found, note: `${candidates} normals gave ${chosen.length} patterns, not ${count}` }
}

/** Returns min_k |x_k . g|. */
function distance(X: Float64Array, d: number, g: Float64Array): number {
  let least = Infinity
  for (let k = 0; k < X.length; k += d) {
    let sum = 0
    for (let j = 0; j < d; j++) sum += X[k + j] * g[j]
    least = Math.min(least, Math.abs(sum))
  }
  return least
}

/** Returns whether a feature is unperturbed and of one sign in every row. */
function hasBias(X: Float64Array, n: number, d: number, isPerturbed: Uint8Array): boolean {
  for (let j = 0; j < d; j++) {
    let [above, below] = [0, 0]
    for (let k = 0; k < n; k++) {
      if (X[k * d + j] > 0) above++
      if (X[k * d + j] < 0) below++
    }
    if (!isPerturbed[j] && (above === n || below === n)) return true
  }
  return false
}
