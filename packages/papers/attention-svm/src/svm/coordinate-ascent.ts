import type { Rows } from './rows.ts'

/** Multipliers and their W = A*(dual), changed in place. */
export interface DualPoint {
  dual: Float64Array
  W: Float64Array
}

/**
 * One epoch of dual coordinate ascent for min |W|^2 / 2 + C sum of max(0, h - A(W)): each multiplier in turn goes to its
 * best value within [0, C], any sign for equations. All rows of a query share W z_i, so that an epoch costs as much as
 * A and its adjoint.
 *
 * @param C upper bound of multipliers; Infinity is the hard margin.
 */
export function coordinateEpoch(
  rows: Rows,
  h: Float64Array,
  C: number,
  { dual, W }: DualPoint,
  v: Float64Array,
  isEquation?: Uint8Array,
): void {
  const { norms, starts, p } = rows
  for (let i = 0; i < rows.n; i++) {
    const image = rows.image(W, i)
    const square = rows.querySquare(i)
    v.fill(0)
    for (let c = starts[i]; c < starts[i + 1]; c++) {
      const old = dual[c]
      const slope = h[c] - rows.score(c, image)
      if (norms[c] > 0) dual[c] += slope / (norms[c] * norms[c])
      else if (slope > 0 && C < Infinity) dual[c] = C
      if (!isEquation?.[c]) dual[c] = Math.min(C, Math.max(0, dual[c]))
      const change = dual[c] - old
      if (change === 0) continue
      rows.addDelta(c, change * square, image)
      rows.addDelta(c, change, v)
    }
    let any = false
    for (let j = 0; j < p; j++) any ||= v[j] !== 0
    if (any) rows.addOuter(v, i, W)
  }
}
