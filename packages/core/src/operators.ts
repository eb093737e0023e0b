import { type MatrixLike, matrix } from './arrays.ts'
import { type CSR, checkView, csrMultiply, csrMultiplyTransposed, whole } from './sparse.ts'

/** A linear map known by what it does to a vector. */
export interface LinearOperator {
  rows: number
  columns: number
  /** out = A x; out is written, x is left alone. */
  apply(x: Float64Array, out: Float64Array): void
  /** out = A' x. */
  applyTransposed?(x: Float64Array, out: Float64Array): void
}

/**
 * The operator of a dense matrix (not copied when it is a contiguous float64 ndarray).
 *
 * @throws as {@link matrix}; its products, when they are not given two `Float64Array`s that are long enough.
 */
export function denseOperator(x: MatrixLike): LinearOperator {
  const { data, shape } = matrix(x, 'denseOperator: x')
  const [rows, columns] = shape as [number, number]
  return {
    rows,
    columns,
    apply(v, out) {
      checkView(v, 'Float64Array', 'denseOperator.apply: x', columns)
      checkView(out, 'Float64Array', 'denseOperator.apply: out', rows)
      for (let i = 0, o = 0; i < rows; i++) {
        let sum = 0
        for (let j = 0; j < columns; j++) sum += data[o++] * v[j]
        out[i] = sum
      }
    },
    applyTransposed(v, out) {
      checkView(v, 'Float64Array', 'denseOperator.applyTransposed: x', rows)
      checkView(out, 'Float64Array', 'denseOperator.applyTransposed: out', columns)
      out.fill(0)
      for (let i = 0, o = 0; i < rows; i++) {
        const vi = v[i]
        for (let j = 0; j < columns; j++) out[j] += data[o++] * vi
      }
    },
  }
}

/**
 * The operator of a sparse matrix.
 *
 * @throws as {@link csr}.
 */
export function sparseOperator(a: CSR): LinearOperator {
  const matrix = whole(a, 'sparseOperator: a.')
  return {
    rows: matrix.rows,
    columns: matrix.columns,
    apply: (x, out) => csrMultiply(matrix, x, out),
    applyTransposed: (x, out) => csrMultiplyTransposed(matrix, x, out),
  }
}
