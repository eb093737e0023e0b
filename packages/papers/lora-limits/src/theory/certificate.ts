import { nrm2 } from '@opt/core'
import { largest, logitRanges, type PolynomialTask } from '../attention/polynomial-task.ts'
import type { AttentionGradients } from '../attention/task.ts'
import { outputGradient, rowsOf } from '../attention/task.ts'
import { type HeadAndBatch, ROLES, type Role } from '../head.ts'
import { CELLS, derivativeErrors } from '../polynomial/derivative-errors.ts'

/** Proven bounds of the largest error of any entry, rounding apart. */
export interface Certificate {
  /** B: no logit is larger than this, the keys' mean subtracted. */
  readonly range: number
  /** Upper bounds of |p e^-x - 1| and |p' e^-x - 1| for |x| <= B. */
  readonly delta: number
  readonly deltaPrime: number
  /** false when delta >= 1: there is no bound then, and the bounds below are absent. */
  readonly finite: boolean
  /** Of the output. */
  readonly output?: number
  /** Of the gradients with respect to the weights of each projection, and to its adapter's matrices. */
  readonly gradients?: { readonly [R in Role]: { readonly W: number; readonly A?: number; readonly B?: number } }
}

/**
 * Bounds the errors of approximate gradients: the paper's criterion, the largest entry.
 *
 * @param lambda a Lipschitz constant of the map from a row of the output to its gradient, 1 for the squared loss.
 */
export function certificate(
  task: PolynomialTask,
  { projections }: HeadAndBatch,
  { output }: AttentionGradients,
  method: 'reverse' | 'chained',
  lambda: number,
): Certificate {
  const { queries, h, hv, beta, Q, V, centred, coefficients } = task
  const { ranges, range } = logitRanges(task, centred)
  const { bounds } = derivativeErrors(coefficients, range)
  const at = (B: number) => (range > 0 ? Math.min(CELLS, Math.ceil((B / range) * CELLS)) : 0)
  const [delta, deltaPrime] = [bounds[0][CELLS], bounds[1][CELLS]]
  if (!(delta < 1)) return { range, delta, deltaPrime, finite: false }

  const G = outputGradient(task, output)
  const mean = columnMeans(V, hv)
  const R = largest(distances(V, mean))
  const toMean = distances(output, mean)
  const [keyError, valueError] = [new Float64Array(h), new Float64Array(hv)]
  const queryError = new Float64Array(projections.Q.X.columns)
  let worst = 0
  for (let j = 0; j < queries; j++) {
    const [D0, D1] = [bounds[0][at(ranges[j])], bounds[1][at(ranges[j])]]
    const eps0 = (2 * D0) / (1 - D0)
    const eps1 = method === 'reverse' ? (D0 + D1) / (1 - D0) : eps0
    const eta = eps0 * R
    const rho = toMean[j] + R
    const size = nrm2(rowsOf(G, hv, j, j + 1))
    const error = eps1 * size * rho + size * eta + lambda * eta * (rho + eta)
    worst = Math.max(worst, eta)
    addAbsolute(queryError, error, projections.Q.X.data, j)
    addAbsolute(keyError, error, Q, j)
    for (let c = 0; c < hv; c++) valueError[c] += eps0 * Math.abs(G[j * hv + c]) + lambda * eta
  }
  const keyReach = columnMaxima(centred, h)
  const errors = {
    Q: outer(queryError, keyReach, beta),
    K: outer(columnMaxima(projections.K.X.data, projections.K.X.columns), keyError, beta),
    V: outer(columnMaxima(projections.V.X.data, projections.V.X.columns), valueError, 1),
  }
  const gradients = Object.fromEntries(ROLES.map((role) => [role, ofRole(errors[role], projections[role].adapter)]))
  return {
    range,
    delta,
    deltaPrime,
    finite: true,
    output: worst,
    gradients: gradients as Required<Certificate>['gradients'],
  }
}

/** Returns the largest entries of the bounds: of dW, of s |B|' dW for A, of s dW |A|' for B. */
function ofRole(W: Float64Array[], adapter: HeadAndBatch['projections']['Q']['adapter']) {
  const most = Math.max(...W.map(largest))
  if (!adapter) return { W: most }
  const { A, B, scale } = adapter
  const s = Math.abs(scale)
  let [a, b] = [0, 0]
  for (let k = 0; k < A.rows; k++) {
    for (let j = 0; j < A.columns; j++)
      a = Math.max(a, s * W.reduce((sum, row, i) => sum + Math.abs(B.data[i * A.rows + k]) * row[j], 0))
    for (const row of W)
      b = Math.max(b, s * row.reduce((sum, v, j) => sum + v * Math.abs(A.data[k * A.columns + j]), 0))
  }
  return { W: most, A: a, B: b }
}

function columnMeans(data: Float64Array, columns: number): Float64Array {
  const mean = new Float64Array(columns)
  const rows = data.length / columns
  for (let i = 0; i < data.length; i++) mean[i % columns] += data[i] / rows
  return mean
}

/** Returns the largest |entry| of each column. */
function columnMaxima(data: Float64Array, columns: number): Float64Array {
  const most = new Float64Array(columns)
  for (let i = 0; i < data.length; i++) most[i % columns] = Math.max(most[i % columns], Math.abs(data[i]))
  return most
}

/** Returns the distance of each row from a point. */
function distances(data: Float64Array, point: Float64Array): Float64Array {
  const columns = point.length
  return Float64Array.from({ length: data.length / columns }, (_, j) =>
    nrm2(rowsOf(data, columns, j, j + 1).map((v, c) => v - point[c])),
  )
}

/** Adds factor |row j| to a vector of its length. */
function addAbsolute(sums: Float64Array, factor: number, data: Float64Array, j: number): void {
  for (let c = 0; c < sums.length; c++) sums[c] += factor * Math.abs(data[j * sums.length + c])
}

const outer = (x: Float64Array, y: Float64Array, factor: number): Float64Array[] =>
  Array.from(x, (a) => y.map((b) => factor * a * b))
