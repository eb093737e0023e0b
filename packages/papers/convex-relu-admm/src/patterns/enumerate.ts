import { dot, type MatrixLike, matrix, norm, number, options, refuse } from '@opt/core'
import { patternCount } from './count.ts'
import { PatternSet, type Patterns } from './patterns.ts'
import { complement, rowSpace } from './row-space.ts'

/** A witness at most this far from a hyperplane counts as on it. */
const ON = 1e-9

const signs = (rows: Float64Array[], p: Float64Array): string => {
  let key = ''
  for (const row of rows) key += dot(row, p) >= 0 ? '1' : '0'
  return key
}

/**
 * Returns one interior point for every full-dimensional cell of the hyperplanes x . w = 0, given
 * pairwise non-parallel directions x that span R^r. Hyperplanes are inserted one by one: old points
 * stay in their cells, and each cell that the new hyperplane cuts in two is found as a cell of the
 * old arrangement within that hyperplane.
 */
function witnesses(directions: Float64Array[], r: number): Float64Array[] {
  if (r === 1) return [Float64Array.of(1), Float64Array.of(-1)]
  let points: Float64Array[] = []
  for (const [k, x] of directions.entries()) {
    const before = directions.slice(0, k)
    const here = [...before, x]
    const cells = new Map<string, Float64Array>()
    const add = (p: Float64Array) => {
      const key = signs(here, p)
      if (!cells.has(key)) cells.set(key, p)
    }
    for (const p of points) if (Math.abs(dot(x, p)) > ON) add(p)
    for (const p of within(x, before)) {
      let t = 1
      for (const y of before) {
        const c = Math.abs(dot(y, x))
        if (c > 0) t = Math.min(t, (0.5 * Math.abs(dot(y, p))) / c)
      }
      for (const side of [t, -t]) add(unit(p.map((v, j) => v + side * x[j])))
    }
    points = [...cells.values()]
  }
  return points
}

/** Returns unit witnesses of the arrangement that the hyperplanes form within the hyperplane orthogonal to x. */
function within(x: Float64Array, hyperplanes: Float64Array[]): Float64Array[] {
  const basis = complement(x)
  const flat = new Float64Array(hyperplanes.length * basis.length)
  for (const [i, y] of hyperplanes.entries())
    for (const [j, q] of basis.entries()) flat[i * basis.length + j] = dot(q, y)
  const space = rowSpace(flat, hyperplanes.length, basis.length)
  const points =
    space.rank === 0
      ? [Float64Array.of(1, ...new Float64Array(basis.length - 1))]
      : witnesses(space.directions, space.rank).map((p) => combine(space.basis, p))
  return points.map((p) => unit(combine(basis, p)))
}

/** Returns sum_i coefficients_i vectors_i. */
function combine(vectors: Float64Array[], coefficients: Float64Array): Float64Array {
  const out = new Float64Array(vectors[0].length)
  for (const [i, vector] of vectors.entries())
    for (let j = 0; j < out.length; j++) out[j] += coefficients[i] * vector[j]
  return out
}

function unit(x: Float64Array): Float64Array {
  const length = norm(x)
  return x.map((v) => v / length)
}

/**
 * Returns all activation patterns 1[X g >= 0] whose cell is full-dimensional; lower-dimensional
 * cells are faces of these and add nothing to the convex program. A zero row is always on.
 *
 * @param X n x d.
 * @param given `limit`: the most patterns to accept (default 20 000).
 * @returns the patterns, sorted as strings of bits.
 * @throws RangeError when there may be more than `limit`: their number grows like n^(rank - 1).
 */
export function enumeratePatterns(X: MatrixLike, given: { limit?: number } = {}): Patterns {
  const { limit = 20_000 } = options(given, 'enumeratePatterns: options', ['limit'])
  const data = matrix(X, 'enumeratePatterns: X')
  const [n, d] = data.shape as [number, number]
  number(limit, 'enumeratePatterns: limit', { integer: true, min: 1 })
  const { rank, rows, directions } = rowSpace(data.data, n, d)
  const set = new PatternSet(n)
  if (rank === 0) set.add(new Uint8Array(n).fill(1))
  else {
    const bound = patternCount(directions.length, rank)
    if (bound > limit)
      refuse(
        'enumeratePatterns: X',
        `a matrix with at most ${limit} patterns (limit); draw some with samplePatterns instead`,
        `${directions.length} directions of rank ${rank}, up to ${bound} patterns`,
      )
    for (const bits of witnesses(directions, rank)
      .map((p) => rows.map((row) => (row && dot(row, p) < 0 ? '0' : '1')).join(''))
      .sort())
      set.add(Uint8Array.from(bits, Number))
  }
  return set.patterns()
}
