import { product } from './product.ts'

/** A pivot below this, relative to the diagonal entry of its matrix, marks a row that depends on the others. */
const DEPENDENT = 1e-12

/**
 * The Cholesky factor of a positive definite matrix that gains and loses rows: A = L L'. Each change takes O(size^2)
 * operations.
 */
export class Cholesky {
  /** Row i of L: its first i + 1 entries. */
  readonly #rows: Float64Array[] = []

  get size(): number {
    return this.#rows.length
  }

  /**
   * Appends a row and column to the matrix; returns false, and changes nothing, where the new row depends on the
   * others up to rounding.
   *
   * @param entries the new row, its diagonal entry last; overwritten by the row of L, which keeps the array.
   */
  append(entries: Float64Array): boolean {
    const n = this.size
    const diagonal = entries[n]
    let rest = diagonal
    for (let i = 0; i < n; i++) {
      const row = this.#rows[i]
      entries[i] = (entries[i] - product(row, 0, entries, 0, i)) / row[i]
      rest -= entries[i] * entries[i]
    }
    if (!(rest > DEPENDENT * diagonal)) return false
    entries[n] = Math.sqrt(rest)
    this.#rows.push(entries)
    return true
  }

  /** Removes row and column k: the rows below become triangular again by rotations of neighbouring columns. */
  remove(k: number): void {
    const rows = this.#rows
    rows.splice(k, 1)
    for (let p = k; p < rows.length; p++) {
      const row = rows[p]
      const [a, b] = [row[p], row[p + 1]]
      const length = Math.sqrt(a * a + b * b)
      const [cosine, sine] = [a / length, b / length]
      for (let i = p; i < rows.length; i++) {
        const other = rows[i]
        const x = other[p]
        const y = other[p + 1]
        other[p] = cosine * x + sine * y
        other[p + 1] = cosine * y - sine * x
      }
    }
  }

  /** Replaces the first `size` entries of x by those of A^-1 x. */
  solve(x: Float64Array): void {
    const rows = this.#rows
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]
      x[i] = (x[i] - product(row, 0, x, 0, i)) / row[i]
    }
    for (let i = rows.length - 1; i >= 0; i--) {
      const row = rows[i]
      x[i] /= row[i]
      for (let j = 0; j < i; j++) x[j] -= row[j] * x[i]
    }
  }
}
