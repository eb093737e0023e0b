import { type MatrixLike, matrix } from './arrays.ts'
import { type CSR, csrMultiply, csrMultiplyTransposed } from './sparse.ts'

/** A linear map known by what it does to a vector. */
export interface LinearOperator {
  rows: number
  columns: number
  /** out = A x; out is written, x is left alone. */
  apply(x: Float64Array, out: Float64Array): void
  /** out = A' x. */
  applyTransposed?(x: Float64Array, out: Float64Array): void
}

/** The operator of a dense matrix (not copied when it is a contiguous float64 ndarray). */
export function denseOperator(x: MatrixLike): LinearOperator {
  const { data, shape } = matrix(x, 'denseOperator: x')
  const [rows, columns] = shape as [number, number]
  return {
    rows,
    columns,
    apply(v, out) {
      for (let i = 0, o = 0; i < rows; i++) {
        let sum = 0
        for (let j = 0; j < columns; j++) sum += data[o++] * v[j]
        out[i] = sum
      }
    },
    applyTransposed(v, out) {
      out.fill(0)
      for (let i = 0, o = 0; i < rows; i++) {
        const vi = v[i]
        for (let j = 0; j < columns; j++) out[j] += data[o++] * vi
      }
    },
  }
}

/** The operator of a sparse matrix. */
export function sparseOperator(a: CSR): LinearOperator {
  return {
    rows: a.rows,
    columns: a.columns,
    apply: (x, out) => csrMultiply(a, x, out),
    applyTransposed: (x, out) => csrMultiplyTransposed(a, x, out),
  }
}
