import { number, refuse } from '@opt/core'
import { Matrix, SingularValueDecomposition } from 'ml-matrix'
import { type ConvexFunction, indicator, one } from './convex-function.ts'

const { abs, max, sqrt } = Math

const checkShape = (name: string, rows: number, columns: number) => {
  number(rows, `${name}: rows`, { integer: true, min: 1 })
  number(columns, `${name}: columns`, { integer: true, min: 1 })
  return (length: number, label: string) => {
    if (length !== rows * columns)
      refuse(label, `of ${rows} x ${columns} = ${rows * columns} entries for ${name}`, `${length}`)
  }
}

/**
 * K = sum of the Euclidean norms of the rows of a rows x columns matrix, row-major. Constrains the
 * norm of each row to at most 1 / lambda.
 */
export function group21(rows: number, columns: number): ConvexFunction {
  const check = checkShape('group21', rows, columns)
  const rowNorm = (x: Float64Array, i: number) => {
    let scale = 0
    for (let k = i * columns; k < (i + 1) * columns; k++) scale = max(scale, abs(x[k]))
    if (!(scale > 0 && scale < Infinity)) return scale
    let sum = 0
    for (let k = i * columns; k < (i + 1) * columns; k++) sum += (x[k] / scale) * (x[k] / scale)
    return scale * sqrt(sum)
  }
  const violation = (y: Float64Array) => {
    let largest = 0
    for (let i = 0; i < rows; i++) largest = max(largest, rowNorm(y, i))
    return max(0, largest - 1)
  }
  return {
    name: 'group21',
    check,
    bound: one,
    violation,
    value(x) {
      let sum = 0
      for (let i = 0; i < rows; i++) sum += rowNorm(x, i)
      return sum
    },
    subgradient(x, out) {
      for (let i = 0; i < rows; i++) {
        const size = rowNorm(x, i)
        for (let k = i * columns; k < (i + 1) * columns; k++) out[k] = size === 0 ? 0 : x[k] / size
      }
    },
    conjugate: (y) => indicator(violation(y)),
    conjugateSubgradient: (_, out) => void out.fill(0),
  }
}

/** Singular values below this fraction of the largest count as 0. */
const RANK = 1e-14

/**
 * K = sum of the singular values of a rows x columns matrix, row-major: steps by U V' as Muon does,
 * but from a full decomposition. Constrains the spectral norm to at most 1 / lambda. Each call
 * allocates and takes O(rows columns min(rows, columns)) time.
 */
export function nuclear(rows: number, columns: number): ConvexFunction {
  const check = checkShape('nuclear', rows, columns)
  const decompose = (x: Float64Array) =>
    new SingularValueDecomposition(Matrix.from1DArray(rows, columns, x as unknown as number[]), { autoTranspose: true })
  const largest = (x: Float64Array) => max(...decompose(x).diagonal)
  const finite = (x: Float64Array) => x.every((v) => v - v === 0)
  const violation = (y: Float64Array) => (finite(y) ? max(0, largest(y) - 1) : Infinity)
  return {
    name: 'nuclear',
    check,
    violation,
    value: (x) => (finite(x) ? decompose(x).diagonal.reduce((sum, sigma) => sum + sigma, 0) : NaN),
    subgradient(x, out) {
      if (!finite(x)) {
        out.fill(NaN)
        return
      }
      const { leftSingularVectors: U, rightSingularVectors: V, diagonal } = decompose(x)
      const most = max(...diagonal)
      out.fill(0)
      for (let s = 0; s < diagonal.length; s++) {
        if (!(diagonal[s] > RANK * most)) continue
        for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < columns; j++, k++) out[k] += U.get(i, s) * V.get(j, s)
      }
    },
    conjugate: (y) => indicator(violation(y)),
    conjugateSubgradient: (_, out) => void out.fill(0),
  }
}
