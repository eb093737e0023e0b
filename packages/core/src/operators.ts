/** A linear map known by what it does to a vector. */
export interface LinearOperator {
  readonly rows: number
  readonly columns: number
  /** Writes out = A x; x is left alone. */
  apply(x: Float64Array, out: Float64Array): void
  /** Writes out = A' x. */
  applyTransposed?(x: Float64Array, out: Float64Array): void
}
