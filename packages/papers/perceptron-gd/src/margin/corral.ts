import { norm } from '@opt/core'
import type { Rows } from '../data/rows.ts'

/** A vector with one more coordinate, in which every row has the same entry. */
interface Lifted {
  v: Float64Array
  top: number
}

/** The point of an affine hull that is nearest to 0, with its affine weights: sum 1, any sign. */
export interface Nearest {
  point: Float64Array
  weights: Float64Array
}

/**
 * The rows whose convex combination is the current point of Wolfe's method, lifted to a_i = (z_i,
 * height), with the triangle of a QR factorisation A = QR. Q is not stored: products with A and
 * steps of refinement stand for it, which is as accurate (Björck 1987). The height should be that
 * of the point's norm: much more would drown it.
 */
export class Corral {
  readonly rows: Rows
  readonly height: number
  /** Row numbers. */
  readonly indices: number[] = []
  /** Convex weights of the rows. */
  readonly weights: number[] = []
  /** Column k of R: its first k + 1 entries. */
  readonly columns: Float64Array[] = []
  readonly #lifted: Lifted

  constructor(rows: Rows, height: number) {
    this.rows = rows
    this.height = height
    this.#lifted = { v: new Float64Array(rows.d), top: 0 }
  }

  /** A corral of the same rows and weights at another height. */
  atHeight(height: number): Corral {
    const other = new Corral(this.rows, height)
    this.indices.forEach((i, k) => {
      if (other.add(i)) other.weights[other.weights.length - 1] = this.weights[k]
    })
    return other
  }

  /** The convex combination sum of weights_k z_k / sum of weights_k. */
  combination(): Float64Array {
    const w = new Float64Array(this.rows.d)
    this.indices.forEach((i, k) => this.rows.addRow(i, this.weights[k], w))
    const total = this.weights.reduce((sum, v) => sum + v, 0)
    return w.map((v) => v / total)
  }

  /**
   * Adds a row with weight 0; false, and nothing is added, when it depends on the others up to
   * rounding.
   */
  add(i: number): boolean {
    const { rows, height, indices } = this
    const rest = { v: new Float64Array(rows.d), top: height }
    rows.addRow(i, 1, rest.v)
    const size = norm(rest.v) + height
    const y = new Float64Array(indices.length)
    for (let refinement = 0; refinement < 2; refinement++) {
      const change = this.#solve(this.#products(rest))
      change.forEach((v, k) => (y[k] += v))
      this.#add(rest, change, -1)
    }
    const distance = Math.sqrt(rest.v.reduce((sum, v) => sum + v * v, rest.top * rest.top))
    if (!(distance > 1e-14 * size)) return false
    const column = new Float64Array(indices.length + 1)
    this.columns.forEach((other, k) => {
      for (let p = 0; p <= k; p++) column[p] += other[p] * y[k]
    })
    column[indices.length] = distance
    this.columns.push(column)
    indices.push(i)
    this.weights.push(0)
    return true
  }

  /** Removes the k-th row and makes R triangular again by rotations. */
  remove(k: number): void {
    const { columns } = this
    columns.splice(k, 1)
    this.indices.splice(k, 1)
    this.weights.splice(k, 1)
    for (let p = k; p < columns.length; p++) {
      const [a, b] = [columns[p][p], columns[p][p + 1]]
      const length = Math.sqrt(a * a + b * b)
      const [cosine, sine] = [a / length, b / length]
      for (let j = p; j < columns.length; j++) {
        const [x, y] = [columns[j][p], columns[j][p + 1]]
        columns[j][p] = cosine * x + sine * y
        columns[j][p + 1] = cosine * y - sine * x
      }
    }
  }

  /**
   * Finds the point of the rows' affine hull that is nearest to 0: x = A (A'A)^-1 1 solves A'x = 1
   * with the least norm. The point itself is refined, not only the weights, whose rounding alone
   * would turn a short point away.
   */
  nearest(): Nearest {
    const x = { v: this.#lifted.v.fill(0), top: 0 }
    const y = new Float64Array(this.indices.length)
    for (let refinement = 0; refinement < 4; refinement++) {
      const change = this.#solve(this.#products(x).map((product) => 1 - product))
      change.forEach((v, k) => (y[k] += v))
      this.#add(x, change, 1)
      if (norm(change) <= 1e-12 * norm(y)) break
    }
    const total = y.reduce((sum, v) => sum + v, 0)
    return { point: x.v.map((v) => (v * this.height) / x.top), weights: y.map((v) => v / total) }
  }

  /** A'x */
  #products({ v, top }: Lifted): Float64Array {
    return Float64Array.from(this.indices, (i) => this.rows.dotRow(i, v) + this.height * top)
  }

  /** x += sign A y */
  #add(x: Lifted, y: Float64Array, sign: number): void {
    this.indices.forEach((i, k) => {
      this.rows.addRow(i, sign * y[k], x.v)
      x.top += sign * this.height * y[k]
    })
  }

  /** Solves R'R y = c. */
  #solve(c: Float64Array): Float64Array {
    const { columns } = this
    const y = c.slice()
    for (let k = 0; k < y.length; k++) {
      for (let p = 0; p < k; p++) y[k] -= columns[k][p] * y[p]
      y[k] /= columns[k][k]
    }
    for (let k = y.length - 1; k >= 0; k--) {
      y[k] /= columns[k][k]
      for (let p = 0; p < k; p++) y[p] -= columns[k][p] * y[k]
    }
    return y
  }
}
