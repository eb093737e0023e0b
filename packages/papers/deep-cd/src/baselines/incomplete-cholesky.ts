import { type CSR, calling, refuse, show } from '@opt/core'
import type { Direction } from '../system/direction.ts'
import { checkCSR } from '../system/system.ts'

/** A preconditioner: writes out = M^-1 r. Its rows of L, on the lower pattern of A, can be looked at. */
export interface IncompleteCholesky {
  (r: ArrayLike<number>, out: Float64Array): void
  /** L, the diagonal last in each row; 1 for empty rows. */
  readonly factor: CSR
}

/**
 * Makes the incomplete Cholesky preconditioner without fill, IC(0): M = L L' with L on the lower pattern of A (Meijerink
 * and van der Vorst 1977).
 *
 * @param A symmetric positive definite; rows may be empty.
 * @throws TypeError or RangeError when A is no such matrix, or a pivot is not positive, which cannot happen for an M-matrix.
 */
export function incompleteCholesky(A: CSR): IncompleteCholesky {
  return calling('incompleteCholesky', () => {
    const factor = factorOf(checkCSR(A))
    const { rows: n, indptr, indices, values } = factor
    const solve = (r: ArrayLike<number>, out: Float64Array) => {
      if (r?.length !== n || out?.length !== n)
        refuse('incompleteCholesky: r and out', `of length ${n}`, `lengths ${show(r?.length)} and ${show(out?.length)}`)
      for (let i = 0; i < n; i++) {
        const last = indptr[i + 1] - 1
        let sum = r[i]
        for (let k = indptr[i]; k < last; k++) sum -= values[k] * out[indices[k]]
        out[i] = sum / values[last]
      }
      for (let i = n - 1; i >= 0; i--) {
        const last = indptr[i + 1] - 1
        const y = out[i] / values[last]
        out[i] = y
        for (let k = indptr[i]; k < last; k++) out[indices[k]] -= values[k] * y
      }
    }
    return Object.assign(solve satisfies Direction, { factor })
  })
}

function factorOf({ rows: n, indptr, indices, values }: CSR): CSR {
  const starts = new Int32Array(n + 1)
  for (let i = 0; i < n; i++) {
    let count = 0
    for (let k = indptr[i]; k < indptr[i + 1]; k++) if (indices[k] <= i) count++
    starts[i + 1] = starts[i] + Math.max(1, count)
  }
  const columns = new Int32Array(starts[n])
  const L = new Float64Array(starts[n])
  /** The entries of the present row, by column. */
  const row = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const from = starts[i]
    const last = starts[i + 1] - 1
    columns[last] = i
    L[last] = 1
    if (indptr[i + 1] === indptr[i]) continue
    for (let k = indptr[i], at = from; k < indptr[i + 1] && indices[k] <= i; k++) {
      columns[at] = indices[k]
      L[at++] = values[k]
    }
    for (let k = from; k < last; k++) {
      const j = columns[k]
      let sum = L[k]
      for (let m = starts[j]; m < starts[j + 1] - 1; m++) sum -= row[columns[m]] * L[m]
      row[j] = L[k] = sum / L[starts[j + 1] - 1]
    }
    let pivot = L[last]
    for (let k = from; k < last; k++) {
      pivot -= L[k] * L[k]
      row[columns[k]] = 0
    }
    if (!(pivot > 0 && pivot < Infinity)) refuse(`the pivot of row ${i} of A`, 'positive', show(pivot))
    L[last] = Math.sqrt(pivot)
  }
  return { rows: n, columns: n, indptr: starts, indices: columns, values: L }
}
