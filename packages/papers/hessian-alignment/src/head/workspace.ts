import { allocate, gemmScratch, type KernelsOf, type MatrixView, matrixKernels, matrixView, transpose } from '@opt/core'
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
  /** Whether squares of the features are needed; with one output they are made on the way. */
  readonly squares: boolean
}

/** Products X Y' that are collected before they are added to the features' gradient. */
const BLOCKS = 8

/** The memory of the kernels for some domains under one head. */
export class Workspace {
  readonly sizes: WorkspaceSizes
  /** Features of all domains with a column of ones for the bias, total x rows. */
  readonly Z: Float64Array
  /** Their squares, if they are needed. */
  readonly squares: Float64Array
  /** The gradient in the features, total x d. */
  readonly gradZ: Float64Array
  /** Rows of K numbers for every example. */
  readonly logits: Float64Array
  readonly targets: Float64Array
  readonly p: Float64Array
  readonly r: Float64Array
  readonly w: Float64Array
  /** Rows of K numbers of one domain, for products on the way. */
  readonly a: Float64Array
  readonly b: Float64Array
  readonly c: Float64Array
  /** The gradient in one domain's logits. */
  readonly gradLogits: Float64Array
  /** A gradient of one domain's rows in the squares' place. */
  readonly gradSquares: Float64Array
  readonly #right: Float64Array
  readonly #left: Float64Array
  /** Two more vectors like theta, with one output. */
  readonly #others: Float64Array[]
  readonly #factors: Float64Array
  readonly #coefficients: Float64Array
  readonly #work: Float64Array
  readonly #kernels: KernelsOf<readonly [typeof matrixKernels, typeof headKernels]>
  #blocks = 0

  constructor(sizes: WorkspaceSizes) {
    const { total, most, features: d, rows, outputs: K } = sizes
    const squares = sizes.squares && K > 1
    const scratch = Math.max(gemmScratch(most, K, rows), gemmScratch(rows, K, most), gemmScratch(most, d, BLOCKS * K))
    const views = allocate([matrixKernels, headKernels], (memory) => ({
      Z: memory.f64(total * rows),
      gradZ: memory.f64(total * d),
      squares: memory.f64(squares ? total * rows : 0),
      gradSquares: memory.f64(squares ? most * d : 0),
      logits: memory.f64(total * K),
      targets: memory.f64(total * K),
      p: memory.f64(total * K),
      r: memory.f64(total * K),
      w: memory.f64(total * K),
      a: memory.f64(most * K),
      b: memory.f64(most * K),
      c: memory.f64(most * K),
      gradLogits: memory.f64(most * K),
      right: memory.f64(rows * K),
      left: memory.f64(rows * K),
      others: memory.f64(sizes.squares && K === 1 ? 2 * rows : 0),
      factors: memory.f64(most * BLOCKS * K),
      coefficients: memory.f64(d * BLOCKS * K),
      work: memory.f64(scratch),
    }))
    this.sizes = sizes
    this.Z = views.Z
    this.gradZ = views.gradZ
    this.squares = views.squares
    this.gradSquares = views.gradSquares
    this.logits = views.logits
    this.targets = views.targets
    this.p = views.p
    this.r = views.r
    this.w = views.w
    this.a = views.a
    this.b = views.b
    this.c = views.c
    this.gradLogits = views.gradLogits
    this.#right = views.right
    this.#left = views.left
    this.#others = [views.others.subarray(0, rows), views.others.subarray(rows)]
    this.#factors = views.factors
    this.#coefficients = views.coefficients
    this.#work = views.work
    this.#kernels = views.kernels
  }

  /** Writes Z V into rows of K numbers; V is rows x K. */
  times(Z: MatrixView, V: Float64Array, out: Float64Array): void {
    const { rows, outputs: K } = this.sizes
    this.#right.set(V)
    if (K === 1) {
      this.#kernels.gemv(Z, this.#right, out)
      return
    }
    out.fill(0, 0, Z.rows * K)
    this.#kernels.gemm(1, Z, matrixView(this.#right, rows, K), matrixView(out, Z.rows, K), this.#work)
  }

  /** Returns scale Z'X for rows X of K numbers: rows x K. */
  timesTransposed(Z: MatrixView, X: Float64Array, scale: number): Float64Array {
    const { rows, outputs: K } = this.sizes
    this.#left.fill(0)
    if (K === 1) this.#kernels.gemvT(Z, X, this.#left)
    else this.#kernels.gemm(1, transpose(Z), matrixView(X, Z.rows, K), matrixView(this.#left, rows, K), this.#work)
    const out = new Float64Array(this.#left)
    for (let i = 0; i < out.length; i++) out[i] *= scale
    return out
  }

  /** With one output: writes Z x and (Z^2) y. */
  twoProducts(Z: MatrixView, x: Float64Array, y: Float64Array, a: Float64Array, b: Float64Array): void {
    const [second] = this.#others
    this.#right.set(x)
    second.set(y)
    this.#kernels.twoProducts(Z.rows, Z.columns, Z.data, this.#right, second, a, b)
  }

  /** With one output: returns scale Z'x and scale (Z^2)'y. */
  twoSums(Z: MatrixView, x: Float64Array, y: Float64Array, scale: number): Float64Array[] {
    const [second] = this.#others
    this.#left.fill(0)
    second.fill(0)
    this.#kernels.twoSums(Z.rows, Z.columns, Z.data, x, y, this.#left, second)
    return [this.#left, second].map((sums) => Float64Array.from(sums, (sum) => scale * sum))
  }

  /** With one output: writes f m' + g l' + Z (h k') entry by entry into the features' gradient; returns Z'g. */
  featureGradient(
    Z: MatrixView,
    [[f, m], [g, l], [h, k]]: readonly (readonly [rows: Float64Array, columns: Float64Array])[],
    gradient: Float64Array,
  ): Float64Array {
    const [right, others, left] = [this.#right, this.#others, this.#left]
    right.set(m)
    others[0].set(l)
    others[1].set(k)
    left.fill(0)
    const { features: d } = this.sizes
    this.#kernels.featureGradient(Z.rows, d, Z.columns, Z.data, f, right, g, others[0], h, others[1], gradient, left)
    return left
  }

  /** Adds scale X M' to `gradient`, at once or with the next {@link flush}; X has n rows of K numbers. */
  collect(X: Float64Array, M: Float64Array, scale: number, gradient: MatrixView): void {
    const { features: d, outputs: K } = this.sizes
    const n = gradient.rows
    const stride = BLOCKS * K
    const first = this.#blocks * K
    for (let i = 0, at = 0; i < n; i++) {
      const row = i * stride + first
      for (let k = 0; k < K; k++) this.#factors[row + k] = scale * X[at++]
    }
    for (let j = 0, at = 0; j < d; j++) {
      const row = j * stride + first
      for (let k = 0; k < K; k++) this.#coefficients[row + k] = M[at++]
    }
    if (++this.#blocks === BLOCKS) this.flush(gradient)
  }

  /** Adds what was collected. */
  flush(gradient: MatrixView): void {
    const { features: d, outputs: K } = this.sizes
    const columns = this.#blocks * K
    this.#blocks = 0
    if (columns === 0) return
    const X = matrixView(this.#factors, gradient.rows, columns, BLOCKS * K)
    const M = matrixView(this.#coefficients, d, columns, BLOCKS * K)
    this.#kernels.gemm(1, X, transpose(M), gradient, this.#work)
  }
}
