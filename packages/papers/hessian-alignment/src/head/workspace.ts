import { allocate, gemmScratch, type KernelsOf, type MatrixView, matrixKernels, matrixView, transpose } from '@opt/core'

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
  /** Whether squares of the features are needed. */
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
  /** The gradient in Z. */
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
  readonly #factors: Float64Array
  readonly #coefficients: Float64Array
  readonly #work: Float64Array
  readonly #kernels: KernelsOf<readonly [typeof matrixKernels]>
  #blocks = 0

  constructor(sizes: WorkspaceSizes) {
    const { total, most, rows, outputs: K, squares } = sizes
    const scratch = Math.max(
      gemmScratch(most, K, rows),
      gemmScratch(rows, K, most),
      gemmScratch(most, rows, BLOCKS * K),
    )
    const views = allocate([matrixKernels], (memory) => ({
      Z: memory.f64(total * rows),
      gradZ: memory.f64(total * rows),
      squares: memory.f64(squares ? total * rows : 0),
      gradSquares: memory.f64(squares && K > 1 ? most * rows : 0),
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
      factors: memory.f64(most * BLOCKS * K),
      coefficients: memory.f64(rows * BLOCKS * K),
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

  /** Adds scale X M' to `gradient`, at once or with the next {@link flush}; X has n rows of K numbers. */
  collect(X: Float64Array, M: Float64Array, scale: number, gradient: MatrixView): void {
    const { rows, outputs: K } = this.sizes
    const n = gradient.rows
    const stride = BLOCKS * K
    const first = this.#blocks * K
    for (let i = 0, at = 0; i < n; i++) {
      const row = i * stride + first
      for (let k = 0; k < K; k++) this.#factors[row + k] = scale * X[at++]
    }
    for (let j = 0, at = 0; j < rows; j++) {
      const row = j * stride + first
      for (let k = 0; k < K; k++) this.#coefficients[row + k] = M[at++]
    }
    if (++this.#blocks === BLOCKS) this.flush(gradient)
  }

  /** Adds what was collected. */
  flush(gradient: MatrixView): void {
    const { rows, outputs: K } = this.sizes
    const columns = this.#blocks * K
    this.#blocks = 0
    if (columns === 0) return
    const X = matrixView(this.#factors, gradient.rows, columns, BLOCKS * K)
    const M = matrixView(this.#coefficients, rows, columns, BLOCKS * K)
    this.#kernels.gemm(1, X, transpose(M), gradient, this.#work)
  }
}

let kept: WeakRef<Workspace> | undefined

/** Returns a workspace for one call: the last one again, if its sizes are the same and it is still there. */
export function sharedWorkspace(sizes: WorkspaceSizes): Workspace {
  const last = kept?.deref()
  if (last && Object.entries(sizes).every(([name, size]) => last.sizes[name as keyof WorkspaceSizes] === size))
    return last
  const made = new Workspace(sizes)
  kept = new WeakRef(made)
  return made
}

/** Returns a workspace that lasts. */
export const ownWorkspace = (sizes: WorkspaceSizes): Workspace => new Workspace(sizes)

/** Copies `count` rows of the features' gradient from row `first` on, without the column of the bias. */
export function gradientOfFeatures({ gradZ, sizes }: Workspace, first: number, count: number, d: number): Float64Array {
  const out = new Float64Array(count * d)
  for (let i = 0, from = first * sizes.rows; i < count; i++, from += sizes.rows)
    out.set(gradZ.subarray(from, from + d), i * d)
  return out
}
