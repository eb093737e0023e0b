/**
 * A sparse matrix in compressed rows: row i has the entries indptr[i] .. indptr[i + 1] - 1 of `indices` and
 * `values`.
 */
export interface CSR {
  rows: number
  columns: number
  /** Length rows + 1, nondecreasing, from 0. */
  indptr: Int32Array
  /** Column of each entry, 0 .. columns - 1. */
  indices: Int32Array
  values: Float64Array
}
