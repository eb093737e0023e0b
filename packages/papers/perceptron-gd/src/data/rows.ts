import { allocate, type CSR, type MatrixView } from '@opt/core'
import { type RowKernels, rowKernels } from '../kernels/kernels.ts'
import { sparseAxpy } from '../kernels/plain.ts'

/** The weights that a pass gives to rows; see RowKernels. */
export interface Weighting {
  scale: number
  tie: number
  shift: number
}

/**
 * What a pass over the rows finds; `direction` = sum of weight_i z_i is overwritten by the next
 * pass.
 */
export interface Pass {
  /** Rows whose margin is not above 0. */
  wrong: number
  least: number
  /** Sum of the weights. */
  total: number
  direction: Float64Array
}

interface Views {
  squares: Float64Array
  w: Float64Array
  direction: Float64Array
  margins: Float64Array
  totals: Float64Array
  kernels: RowKernels
}

/**
 * The rows z_i = y_i a_i, dense or sparse, with scratch in the same memory; nothing in it outlasts
 * a call.
 */
export abstract class Rows {
  readonly n: number
  readonly d: number
  protected readonly views: Views

  constructor(n: number, d: number, views: Views) {
    this.n = n
    this.d = d
    this.views = views
  }

  /** The squared norms of the rows. */
  get squares(): Float64Array {
    return this.views.squares
  }

  /** The most entries of a row. */
  abstract readonly longest: number
  protected abstract weighRows(weighting: Weighting): number
  protected abstract correctRows(): number
  protected abstract multiply(): void
  /** Adds alpha z_i to y. */
  abstract addRow(i: number, alpha: number, y: Float64Array): void
  /** Returns z_i'y. */
  abstract dotRow(i: number, y: Float64Array): number

  /** Computes margins, weights and their direction at w in one read of the rows. */
  weigh(w: Float64Array, weighting: Weighting): Pass {
    const { totals, direction } = this.views
    this.views.w.set(w)
    direction.fill(0)
    const wrong = this.weighRows(weighting)
    return { wrong, total: totals[0], least: totals[1], direction }
  }

  /** Makes a pass of the classical perceptron over w; returns the number of corrections. */
  correct(w: Float64Array): number {
    this.views.w.set(w)
    const mistakes = this.correctRows()
    w.set(this.views.w)
    return mistakes
  }

  /** Computes all z_i'w; the next call overwrites them. */
  margins(w: Float64Array): Float64Array {
    this.views.w.set(w)
    this.multiply()
    return this.views.margins
  }

  /** Returns the mean of log(1 + exp(-scale m)) over the margins of the last pass. */
  loss(scale: number): number {
    return this.views.kernels.logisticLoss(this.n, this.views.margins, scale) / this.n
  }
}

class DenseRows extends Rows {
  readonly #Z: MatrixView
  readonly longest: number

  constructor(Z: MatrixView, views: Views) {
    super(Z.rows, Z.columns, views)
    this.#Z = Z
    this.longest = Z.columns
  }

  protected weighRows({ scale, tie, shift }: Weighting): number {
    const { w, margins, direction, totals, kernels } = this.views
    return kernels.weigh(this.#Z, w, scale, tie, shift, margins, direction, totals)
  }

  protected correctRows(): number {
    return this.views.kernels.correct(this.#Z, this.views.w)
  }

  protected multiply(): void {
    this.views.kernels.gemv(this.#Z, this.views.w, this.views.margins)
  }

  addRow(i: number, alpha: number, y: Float64Array): void {
    const { data, stride, columns } = this.#Z
    for (let j = 0, k = i * stride; j < columns; j++, k++) y[j] += alpha * data[k]
  }

  dotRow(i: number, y: Float64Array): number {
    const { data, stride, columns } = this.#Z
    let sum = 0
    for (let j = 0, k = i * stride; j < columns; j++, k++) sum += data[k] * y[j]
    return sum
  }
}

class SparseRows extends Rows {
  readonly #Z: CSR
  readonly longest: number

  constructor(Z: CSR, views: Views) {
    super(Z.rows, Z.columns, views)
    this.#Z = Z
    let longest = 0
    for (let i = 0; i < Z.rows; i++) longest = Math.max(longest, Z.indptr[i + 1] - Z.indptr[i])
    this.longest = longest
  }

  protected weighRows({ scale, tie, shift }: Weighting): number {
    const { rows, indptr, indices, values } = this.#Z
    const { w, margins, direction, totals, kernels } = this.views
    return kernels.weighSparse(rows, indptr, indices, values, w, scale, tie, shift, margins, direction, totals)
  }

  protected correctRows(): number {
    const { rows, indptr, indices, values } = this.#Z
    return this.views.kernels.correctSparse(rows, indptr, indices, values, this.views.w)
  }

  protected multiply(): void {
    const { rows, indptr, indices, values } = this.#Z
    this.views.kernels.spmv(rows, indptr, indices, values, this.views.w, this.views.margins)
  }

  addRow(i: number, alpha: number, y: Float64Array): void {
    const { indptr, indices, values } = this.#Z
    sparseAxpy(indptr[i], indptr[i + 1], alpha, indices, values, y)
  }

  dotRow(i: number, y: Float64Array): number {
    const { indptr, indices, values } = this.#Z
    let sum = 0
    for (let k = indptr[i]; k < indptr[i + 1]; k++) sum += values[k] * y[indices[k]]
    return sum
  }
}

const scratch = (n: number, d: number, f64: (n: number) => Float64Array) => ({
  squares: f64(n),
  w: f64(d),
  direction: f64(d),
  margins: f64(n),
  totals: f64(6),
})

/** Allocates n x d rows of zeros, which `fill` writes into, with their squared norms. */
export function denseRows(n: number, d: number, fill: (Z: MatrixView, squares: Float64Array) => void): Rows {
  const { Z, ...views } = allocate([rowKernels], (space) => ({
    Z: space.matrix(n, d),
    ...scratch(n, d, (length) => space.f64(length)),
  }))
  fill(Z, views.squares)
  return new DenseRows(Z, views)
}

/** Allocates sparse rows with `entries` entries, which `fill` writes into, with their squared norms. */
export function sparseRows(n: number, d: number, entries: number, fill: (Z: CSR, squares: Float64Array) => void): Rows {
  const { indptr, indices, values, ...views } = allocate([rowKernels], (space) => ({
    indptr: space.i32(n + 1),
    indices: space.i32(entries),
    values: space.f64(entries),
    ...scratch(n, d, (length) => space.f64(length)),
  }))
  const Z = { rows: n, columns: d, indptr, indices, values }
  fill(Z, views.squares)
  return new SparseRows(Z, views)
}
