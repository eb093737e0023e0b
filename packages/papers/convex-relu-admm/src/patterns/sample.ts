import { type MatrixLike, matrix, options, type Random } from '@opt/core'
import { checkRandom } from '../checks.ts'
import { checkCount, PatternSet, type Patterns, writePattern } from './patterns.ts'

/** Answer of {@link samplePatterns}. */
export interface SampledPatterns extends Patterns {
  /** For each pattern, the index of the draw that gave it. */
  indices: Int32Array
  /** Set when fewer patterns were found than asked for. */
  note?: string
}

/** Options of {@link samplePatterns}: the number of patterns and a generator, or the normals themselves. */
export type SampleOptions = { count: number; random: Random } | { normals: MatrixLike; count?: number }

/**
 * Returns the distinct patterns 1[X g >= 0] of Gaussian normals g, in the order of their first
 * appearance (the paper's choice).
 *
 * @param X n x d.
 * @returns up to `count` patterns, with a `note` if at most `100 count + 1000` draws gave fewer.
 * @throws RangeError when `count` is not positive or above 100 000.
 */
export function samplePatterns(X: MatrixLike, given: SampleOptions): SampledPatterns {
  const rule = options(given, 'samplePatterns: options', ['count', 'random', 'normals'])
  const data = matrix(X, 'samplePatterns: X')
  const [n, d] = data.shape as [number, number]
  const normals = 'normals' in rule ? matrix(rule.normals, 'samplePatterns: normals', { columns: d }) : null
  const random = normals ? undefined : checkRandom((rule as { random: Random }).random, 'samplePatterns: random')
  const wanted = rule.count ?? (normals ? Infinity : Number.NaN)
  if (wanted !== Infinity) checkCount(wanted, 'samplePatterns: count')
  const draws = normals ? normals.shape[0] : 1000 + 100 * wanted

  const set = new PatternSet(n)
  const indices: number[] = []
  const bits = new Uint8Array(n)
  const g = new Float64Array(d)
  for (let t = 0; t < draws && set.count < wanted; t++) {
    for (let j = 0; j < d; j++) g[j] = normals ? normals.data[t * d + j] : random!.normal()
    writePattern(data.data, d, g, bits)
    if (set.add(bits)) indices.push(t)
  }
  const found = { ...set.patterns(), indices: Int32Array.from(indices) }
  if (wanted === Infinity || found.count === wanted) return found
  return { ...found, note: `${draws} draws gave ${found.count} distinct patterns, not ${wanted}` }
}
