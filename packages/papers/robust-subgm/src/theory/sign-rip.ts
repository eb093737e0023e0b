import {
  calling,
  type MatrixLike,
  matrix,
  norm,
  number,
  options as optionsOf,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { checkMeasurements, type Measurements } from '../measurements/measurements.ts'
import { symmetrized } from '../measurements/packing.ts'

/** Options of {@link signRip}. */
export interface SignRipOptions {
  /** k: the largest rank of the matrices Y, between 1 and d. */
  rank: number
  /** s, m numbers: the noise y - A(X*). Default 0. */
  noise?: VectorLike | undefined
  /** phi(X), positive, of {@link scaling}. Default: measured, <D, X> / norm(X). */
  phi?: number | undefined
}

/** Answer of {@link signRip}. */
export interface SignRip {
  /** phi(X). */
  phi: number
  /** delta; Infinity where phi is measured and not positive. */
  delta: number
}

/**
 * Computes the least delta with which Sign-RIP holds at X:
 *
 *     <D - phi X/norm(X), Y/norm(Y)> <= delta phi   for every Y of rank k,   D = (1/m) sum sign(<A_k, X> - s_k) (A_k + A_k')/2
 *
 * It is exact: the k largest singular values. The property asks it of all X of low rank: the largest delta over some of
 * them is a lower bound only.
 *
 * @param X symmetric, d x d, not 0.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function signRip(measurements: Measurements, X: MatrixLike, options: SignRipOptions): SignRip {
  return calling('signRip', () => {
    const { size: d, count: m } = checkMeasurements(measurements)
    const given = optionsOf(options, 'options', ['rank', 'noise', 'phi'])
    const k = number(given.rank, 'rank', { integer: true, min: 1, max: d })
    if (given.phi !== undefined) number(given.phi, 'phi', { positive: true })
    const direction = unit(symmetrized(matrix(X, 'X', { rows: d, columns: d })).data)
    const values = measurements.forward(X)
    if (given.noise !== undefined) {
      const noise = vector(given.noise, 'noise', { length: m })
      for (let i = 0; i < m; i++) values[i] -= noise[i]
    }
    const D = measurements.signAdjoint(values).data
    let inner = 0
    for (let i = 0; i < D.length; i++) inner += D[i] * direction[i]
    const phi = given.phi ?? inner
    const rest = ndarray(
      D.map((value, i) => value - phi * direction[i]),
      [d, d],
    )
    const squares = symmetricEigen(rest, { vectors: false }).values.map((value) => value * value)
    squares.sort((a, b) => b - a)
    let sum = 0
    for (let i = 0; i < k; i++) sum += squares[i]
    return { phi, delta: phi > 0 ? Math.sqrt(sum) / phi : Infinity }
  })
}

/** X / norm(X), without overflow. */
function unit(X: Float64Array): Float64Array {
  let peak = 0
  for (let i = 0; i < X.length; i++) peak = Math.max(peak, Math.abs(X[i]))
  if (peak === 0) refuse('X', 'not 0', '0')
  const scaled = X.map((value) => value / peak)
  const length = norm(scaled)
  return scaled.map((value) => value / length)
}
