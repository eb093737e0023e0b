import { calling, type Matrix, type MatrixLike, matrix } from '@opt/core'
import ndarray from 'ndarray'
import { coordinates } from '../linear/coordinates.ts'
import { Basis } from '../linear/orthogonal.ts'
import { divided, unitOf } from '../linear/unit.ts'
import { activeSet } from './active-set.ts'
import { enumeration } from './enumerate.ts'

/** Up to so many end-members all supports are prepared. */
const ENUMERATED = 8

/**
 * Finds the abundances of known spectra by fully constrained least squares, exactly: min |y - M a| over a >= 0 with sum 1,
 * for each pixel y. Up to 8 end-members the solutions of all supports
 * are prepared once, for more of them an active-set method finds the support of each pixel. Of end-members
 * that depend affinely on others, such as duplicates, one of the exact answers is given.
 *
 * @param Y bands x pixels.
 * @param endmembers M, bands x K.
 * @returns K x pixels; columns sum to 1.
 * @throws TypeError or RangeError when an argument is no finite matrix, or they have different numbers of bands.
 * Source: Heinz and Chang, IEEE TGRS 39, 2001 (the problem); Lawson and Hanson 1974 (active sets).
 */
export function fcls(Y: MatrixLike, endmembers: MatrixLike): Matrix {
  return calling('fcls', () => {
    const pixels = matrix(Y, 'Y')
    const M = matrix(endmembers, 'endmembers', { rows: pixels.shape[0] })
    const unit = Math.max(unitOf(pixels.data), unitOf(M.data))
    return solveFcls(ndarray(divided(pixels.data, unit), pixels.shape), ndarray(divided(M.data, unit), M.shape))
  })
}

/** {@link fcls} of data about 1. */
export function solveFcls(Y: Matrix, { data, shape: [bands, K] }: Matrix): Matrix {
  const columns = Array.from({ length: K }, (_, k) => Float64Array.from({ length: bands }, (_, l) => data[l * K + k]))
  // In an orthonormal basis of the end-members, M = Q R, pixels have K coordinates z = Q'y instead of all bands.
  const basis = new Basis()
  for (const column of columns) basis.add(column)
  const rank = Math.max(1, basis.vectors.length)
  if (basis.vectors.length === 0) basis.add(Float64Array.from({ length: bands }, (_, l) => (l === 0 ? 1 : 0)))
  const R = columns.map((column) =>
    Float64Array.from(basis.vectors, (q) => q.reduce((sum, v, l) => sum + v * column[l], 0)),
  )
  const solve = (K <= ENUMERATED ? enumeration : activeSet)(R, rank)
  const rows = coordinates(Y, basis.vectors)
  const pixels = Y.shape[1]
  const out = new Float64Array(K * pixels)
  const [z, a] = [new Float64Array(rank), new Float64Array(K)]
  for (let n = 0; n < pixels; n++) {
    for (let l = 0; l < rank; l++) z[l] = rows[l][n]
    solve(z, a)
    for (let k = 0; k < K; k++) out[k * pixels + n] = a[k]
  }
  return ndarray(out, [K, pixels])
}
