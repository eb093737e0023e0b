import { allocate, type KernelsOf, type MatrixView, matrixView, scanKernels } from '@opt/core'
import { headKernels } from './kernels.ts'

/** Sizes of a {@link Workspace}. */
export interface WorkspaceSizes {
  /** Rows of all domains. */
  readonly total: number
  /** Rows of the largest domain. */
  readonly most: number
  /** d */
  readonly features: number
  /** Rows of theta: d, or d + 1 with a bias. */
  readonly rows: number
  /** K */
  readonly outputs: number
}

/** Terms X M' that are collected before they are added to the features' gradient. */
const TERMS = 8

/** The memory of the kernels for some domains under one head. */
export class Workspace {
  readonly sizes: WorkspaceSizes
  /** Features of all domains with a column of ones for the bias, total x rows; then zeros up to the stride. */
  readonly Z: MatrixView
  /** The gradient in the features, total rows of d numbers and zeros up to a multiple of 4. */
  readonly gradZ: MatrixView
  /** Rows of K numbers for every example. */
  readonly logits: Float64Array
  readonly targets: Float64Array
  readonly p: Float64Array
  readonly r: Float64Array
  readonly w: Float64Array
  /** Rows of K numbers of one domain, for products on the way. */
  readonly a: Float64Array
  readonly b: Float64Array
  /** The gradient in one domain's logits. */
  readonly gradLogits: Float64Array
  /** A matrix like theta, transposed: K rows with the stride of Z. */
  readonly #right: Float64Array
  readonly #left: Float64Array
  /** The X of terms side by side, most x TERMS K, and their M in strips of four features. */
  readonly #factors: Float64Array
  readonly #strips: Float64Array
  readonly #kernels: KernelsOf<readonly [typeof scanKernels, typeof headKernels]>
  #terms = 0

  constructor(sizes: WorkspaceSizes) {
    const { total, most, rows, features: d, outputs: K } = sizes
    const width = 8 * Math.ceil(rows / 8)
    const gradientWidth = 4 * Math.ceil(d / 4)
    const views = allocate([scanKernels, headKernels], (memory) => {
      const Z = memory.matrix(total, width)
      return {
        Z,
        gradZ: memory.f64(total * gradientWidth),
        logits: memory.f64(total * K),
        targets: memory.f64(total * K),
        p: memory.f64(total * K),
        r: memory.f64(total * K),
        w: memory.f64(total * K),
        a: memory.f64(most * K),
        b: memory.f64(most * K),
        gradLogits: memory.f64(most * K),
        right: memory.f64(K * Z.stride),
        left: memory.f64(K * Z.stride),
        factors: memory.f64(most * TERMS * K),
        strips: memory.f64(gradientWidth * TERMS * K),
      }
    })
    this.sizes = sizes
    this.Z = { ...views.Z, columns: rows }
    this.gradZ = matrixView(views.gradZ, total, d, gradientWidth)
    this.logits = views.logits
    this.targets = views.targets
    this.p = views.p
    this.r = views.r
    this.w = views.w
    this.a = views.a
    this.b = views.b
    this.gradLogits = views.gradLogits
    this.#right = views.right
    this.#left = views.left
    this.#factors = views.factors
    this.#strips = views.strips
    this.#kernels = views.kernels
  }

  /** Writes Z V, or (Z^2) V, into rows of K numbers; V is rows x K. */
  times(Z: MatrixView, V: Float64Array, out: Float64Array, squared = false): void {
    const { outputs: K } = this.sizes
    for (let k = 0; k < K; k++)
      for (let j = 0, to = k * Z.stride, from = k; j < Z.columns; j++, from += K) this.#right[to++] = V[from]
    const { products, squareProducts } = this.#kernels
    const kernel = squared ? squareProducts : products
    kernel(Z.rows, Z.stride, K, Z.data, this.#right, out)
  }

  /** Returns scale Z'X, or scale (Z^2)'X, for rows X of K numbers: rows x K. */
  timesTransposed(Z: MatrixView, X: Float64Array, scale: number, squared = false): Float64Array {
    const { outputs: K } = this.sizes
    const { sums, squareSums } = this.#kernels
    const kernel = squared ? squareSums : sums
    this.#left.fill(0)
    kernel(Z.rows, Z.stride, K, Z.data, X, this.#left)
    const out = new Float64Array(Z.columns * K)
    for (let k = 0; k < K; k++)
      for (let j = 0, from = k * Z.stride, to = k; j < Z.columns; j++, to += K) out[to] = scale * this.#left[from++]
    return out
  }

  /** Takes a term scale X M' of the features' gradient; X has n rows of K numbers, M is like theta. */
  collect(n: number, X: Float64Array, M: Float64Array, scale: number): void {
    const { features: d, outputs: K } = this.sizes
    const width = TERMS * K
    const first = this.#terms++ * K
    for (let i = 0, at = 0; i < n; i++)
      for (let k = 0, to = i * width + first; k < K; k++) this.#factors[to++] = scale * X[at++]
    for (let j = 0, at = 0; j < d; j++)
      for (let k = 0, to = 4 * width * (j >> 2) + 4 * first + (j & 3); k < K; k++, to += 4) this.#strips[to] = M[at++]
  }

  /** Whether the next term has to wait for {@link release}. */
  get full(): boolean {
    return this.#terms === TERMS
  }

  /**
   * Writes the terms taken into the features' gradient of n rows from the `first` on, or adds them; `timesZ` multiplies the
   * first term by the features, entry by entry.
   */
  release(first: number, n: number, { add, timesZ }: { add: boolean; timesZ: boolean }): void {
    const { outputs: K } = this.sizes
    const { Z, gradZ } = this
    const [width, columns] = [TERMS * K, this.#terms * K]
    const rows = Z.data.subarray(first * Z.stride)
    const gradient = gradZ.data.subarray(first * gradZ.stride)
    const { outer } = this.#kernels
    outer(
      n,
      gradZ.stride,
      timesZ ? K : 0,
      columns,
      Z.stride,
      width,
      rows,
      this.#factors,
      this.#strips,
      gradient,
      Number(add),
    )
    this.#terms = 0
  }

  /** The features' gradient in the rows from..to - 1, without gaps: a view where it has none. */
  gradientRows(from: number, to: number): Float64Array {
    const { data, columns: d, stride } = this.gradZ
    if (d === stride) return data.subarray(from * d, to * d)
    const rows = new Float64Array((to - from) * d)
    for (let i = from; i < to; i++) rows.set(data.subarray(i * stride, i * stride + d), (i - from) * d)
    return rows
  }

  /** Adds factor x, rows of d numbers, to the features' gradient from row `first` on; returns the row after them. */
  addRows(first: number, x: Float64Array, factor: number): number {
    const { data, columns: d, stride } = this.gradZ
    let row = first
    for (let at = 0; at < x.length; row++) for (let j = 0; j < d; j++) data[row * stride + j] += factor * x[at++]
    return row
  }

  /** Whether the features' gradient is finite. */
  get finite(): boolean {
    const { data } = this.gradZ
    return this.#kernels.nonFinite(data.length, data) < 0
  }
}
