import { product } from '../linear/product.ts'

/**
 * The linear map W -> A(W) of an attention SVM: one row for each pair of a query z_i and a token that must score lower
 * than the one it shall choose, A(W)_c = delta_c' W z_i with delta_c the difference of both tokens.
 */
export class Rows {
  /** Number of rows. */
  readonly m: number
  /** Entries of a difference. */
  readonly p: number
  /** Entries of a query. */
  readonly q: number
  /** Number of queries. */
  readonly n: number
  /** The rows of query i are those from starts[i] on, below starts[i + 1]. */
  readonly starts: Int32Array
  /** m x p. */
  readonly deltas: Float64Array
  /** n x q. */
  readonly queries: Float64Array
  /** Norm of row c as a vector of p q entries: |delta_c| |z_i|. */
  readonly norms: Float64Array
  readonly #owners: Int32Array
  readonly #product: Float64Array

  constructor(p: number, q: number, starts: Int32Array, deltas: Float64Array, queries: Float64Array) {
    this.p = p
    this.q = q
    this.n = starts.length - 1
    this.m = starts[this.n]
    this.starts = starts
    this.deltas = deltas
    this.queries = queries
    this.#owners = new Int32Array(this.m)
    for (let i = 0; i < this.n; i++) this.#owners.fill(i, starts[i], starts[i + 1])
    this.#product = new Float64Array(Math.max(p, q))
    this.norms = new Float64Array(this.m)
    for (let c = 0; c < this.m; c++) this.norms[c] = Math.sqrt(this.gram(c, c))
  }

  /** Writes A(W), m entries; W is p x q, row-major. */
  apply(W: Float64Array, out: Float64Array): void {
    for (let i = 0; i < this.n; i++) {
      if (this.starts[i] === this.starts[i + 1]) continue
      const v = this.image(W, i)
      for (let c = this.starts[i]; c < this.starts[i + 1]; c++) out[c] = this.score(c, v)
    }
  }

  /** W += A*(l), the sum of l_c delta_c z_i'. */
  addAdjoint(l: Float64Array, W: Float64Array): void {
    const v = this.#product
    for (let i = 0; i < this.n; i++) {
      let any = false
      for (let j = 0; j < this.p; j++) v[j] = 0
      for (let c = this.starts[i]; c < this.starts[i + 1]; c++) {
        if (l[c] === 0) continue
        any = true
        this.addDelta(c, l[c], v)
      }
      if (any) this.addOuter(v, i, W)
    }
  }

  /** Returns W z_i, p entries of a buffer that the next call overwrites. */
  image(W: Float64Array, i: number): Float64Array {
    const { p, q, queries } = this
    const out = this.#product
    for (let j = 0; j < p; j++) out[j] = product(W, j * q, queries, i * q, q)
    return out
  }

  /** delta_c' v */
  score(c: number, v: Float64Array): number {
    return product(this.deltas, c * this.p, v, 0, this.p)
  }

  /** v += weight delta_c */
  addDelta(c: number, weight: number, v: Float64Array): void {
    const { p, deltas } = this
    for (let j = 0, at = c * p; j < p; j++, at++) v[j] += weight * deltas[at]
  }

  /** W += v z_i' */
  addOuter(v: Float64Array, i: number, W: Float64Array): void {
    const { p, q, queries } = this
    for (let j = 0, at = 0; j < p; j++) {
      const weight = v[j]
      for (let k = 0, from = i * q; k < q; k++, from++, at++) W[at] += weight * queries[from]
    }
  }

  /** The inner product of two rows, (delta_c' delta_b) (z_c' z_b). */
  gram(c: number, b: number): number {
    const { p, q, deltas, queries } = this
    const tokens = product(deltas, c * p, deltas, b * p, p)
    return tokens * product(queries, this.#owners[c] * q, queries, this.#owners[b] * q, q)
  }

  /** |z_i|^2 */
  querySquare(i: number): number {
    const { q, queries } = this
    return product(queries, i * q, queries, i * q, q)
  }
}
