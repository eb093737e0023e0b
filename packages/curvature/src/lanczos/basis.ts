import { allocate, type MatrixView, type Random } from '@opt/core'
import { normals } from '../operator.ts'
import { basisKernels } from './kernels.ts'

/** What is left of a vector, relative to its length, when it lies in the space of the basis. */
const ROUNDING = 1e-14

/** A projection that leaves less of a length than this is repeated (Daniel, Gragg, Kaufman and Stewart 1976). */
const CANCELLED = Math.SQRT1_2

/** Orthonormal vectors, the rows of one matrix, that grow by orthogonalising against all (classical Gram-Schmidt). */
export class Basis {
  readonly n: number
  readonly capacity: number
  size = 0
  /** The vector to add next. */
  readonly next: Float64Array
  /** Inner products of the last vector that was orthogonalised with the basis. */
  readonly coefficients: Float64Array
  readonly #h: Float64Array
  readonly #panel: MatrixView
  readonly #rows: MatrixView
  readonly #kernels

  constructor(capacity: number, n: number) {
    const width = Math.min(n, PANEL)
    const { kernels, rows, next, coefficients, h, panel } = allocate([basisKernels], (views) => ({
      rows: views.matrix(capacity, n),
      next: views.f64(n),
      coefficients: views.f64(capacity),
      h: views.f64(capacity),
      panel: views.matrix(capacity, width),
    }))
    this.n = n
    this.capacity = capacity
    this.next = next
    this.coefficients = coefficients
    this.#h = h
    this.#panel = panel
    this.#rows = rows
    this.#kernels = kernels
  }

  row(j: number): Float64Array {
    const { data, stride } = this.#rows
    return data.subarray(j * stride, j * stride + this.n)
  }

  /**
   * Makes `next` orthogonal to the basis and returns what is left of its length; 0 when that is rounding.
   *
   * @param local newest vectors to subtract first: two for Lanczos' recurrence, after which one projection
   * on the whole basis is enough, as a rule.
   */
  orthogonalise(local = 0): number {
    const { next, coefficients, n } = this
    const size = this.#length(next)
    coefficients.fill(0)
    for (let j = Math.max(0, this.size - local); j < this.size; j++) {
      const row = this.row(j)
      coefficients[j] = this.#kernels.dot(n, row, next)
      this.#kernels.axpy(n, -coefficients[j], row, next)
    }
    let before = local > 0 ? this.#length(next) : size
    this.#subtractProjection()
    let left = this.#length(next)
    for (let passes = 1; passes < 3 && left < CANCELLED * before && left > ROUNDING * size; passes++) {
      before = left
      this.#subtractProjection()
      left = this.#length(next)
    }
    return left <= ROUNDING * size ? 0 : left
  }

  /** Adds `next`, of the given length, as a unit vector. */
  push(length: number): void {
    const row = this.row(this.size++)
    row.fill(0)
    this.#kernels.axpy(this.n, 1 / length, this.next, row)
  }

  /** Adds a random unit vector orthogonal to the basis. */
  pushRandom(rng: Random): void {
    for (;;) {
      this.next.set(normals(this.n, rng))
      const length = this.orthogonalise()
      if (length === 0) continue
      this.push(length)
      return
    }
  }

  /**
   * Replaces the basis by combinations of it: new row i is the sum of S[j * columns + i] times row j.
   *
   * @param S size x columns, row-major, orthonormal columns.
   */
  combine(S: Float64Array, columns: number): void {
    const { data, stride } = this.#rows
    const size = this.size
    this.size = columns
    for (let from = 0; from < this.n; from += PANEL) {
      const width = Math.min(PANEL, this.n - from)
      for (let i = 0; i < columns; i++) {
        const sum = this.#panel.data.subarray(i * this.#panel.stride, i * this.#panel.stride + width)
        sum.fill(0)
        for (let j = 0; j < size; j++) this.#h[j] = S[j * columns + i]
        this.#kernels.gemvT({ data: data.subarray(from), rows: size, columns: width, stride }, this.#h, sum)
      }
      for (let i = 0; i < columns; i++) {
        const { data: panel, stride: step } = this.#panel
        data.set(panel.subarray(i * step, i * step + width), i * stride + from)
      }
    }
  }

  /** Writes the combination of the basis with the given coefficients. */
  combination(coefficients: ArrayLike<number>, out: Float64Array): void {
    this.next.fill(0)
    for (let j = 0; j < this.size; j++) this.#kernels.axpy(this.n, coefficients[j], this.row(j), this.next)
    out.set(this.next)
  }

  #length(x: Float64Array): number {
    return Math.sqrt(this.#kernels.dot(this.n, x, x))
  }

  #subtractProjection(): void {
    const basis = { ...this.#rows, rows: this.size }
    const h = this.#h
    this.#kernels.gemv(basis, this.next, h)
    for (let j = 0; j < this.size; j++) {
      this.coefficients[j] += h[j]
      h[j] = -h[j]
    }
    this.#kernels.gemvT(basis, h, this.next)
  }
}

/** Columns that are combined at a time. */
const PANEL = 1024

/** The basis that was given back last. Fresh memory costs a short run more than its arithmetic. */
let spare: WeakRef<Basis> | undefined

/** Returns an empty basis: that of the last run, if it has this size, or a new one. */
export function borrowBasis(capacity: number, n: number): Basis {
  const last = spare?.deref()
  if (last?.capacity !== capacity || last.n !== n) return new Basis(capacity, n)
  spare = undefined
  last.size = 0
  return last
}

/** Lends a basis to the next run, until the garbage is collected. The caller must not use it any more. */
export function giveBack(basis: Basis): void {
  spare = new WeakRef(basis)
}
