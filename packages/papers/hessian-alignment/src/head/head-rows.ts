import { allFinite, type MatrixView, matrixView, refuse } from '@opt/core'
import { applyS, predictRows } from './curvature.ts'
import type { Workspace } from './workspace.ts'

/**
 * Examples first..first + n - 1 of a workspace as one domain: the mean loss L of its head, and derivatives of L in theta
 * in closed form. Matrices like theta are rows x K, row-major.
 */
export class HeadRows {
  readonly space: Workspace
  readonly first: number
  readonly n: number
  readonly Z: MatrixView
  readonly logits: Float64Array
  readonly p: Float64Array
  readonly r: Float64Array
  /** p (1 - p) */
  readonly w: Float64Array
  theta: Float64Array = new Float64Array(0)
  loss = 0
  #gradient: Float64Array | null = null

  constructor(space: Workspace, first: number, n: number) {
    const { rows, outputs: K } = space.sizes
    this.space = space
    this.first = first
    this.n = n
    this.Z = matrixView(space.Z.subarray(first * rows, (first + n) * rows), n, rows)
    const rowsOf = (x: Float64Array) => x.subarray(first * K, (first + n) * K)
    this.logits = rowsOf(space.logits)
    this.p = rowsOf(space.p)
    this.r = rowsOf(space.r)
    this.w = rowsOf(space.w)
  }

  /**
   * Evaluates the head at other parameters.
   *
   * @throws RangeError when a logit is not finite.
   */
  moveTo(theta: Float64Array): void {
    const { space, n, first, logits, p, r, w } = this
    const { outputs: K } = space.sizes
    this.theta = theta
    this.#gradient = null
    space.times(this.Z, theta, logits)
    if (!allFinite(logits)) refuse('head', 'of a scale that gives finite logits', 'an overflow')
    const targets = space.targets.subarray(first * K, (first + n) * K)
    this.loss = predictRows(n, K, { logits, targets, p, r, w }) / n
  }

  get K(): number {
    return this.space.sizes.outputs
  }

  /** The squares of Z, with more than one output. */
  get squares(): MatrixView {
    const { first, n, space } = this
    const { rows } = space.sizes
    return matrixView(space.squares.subarray(first * rows, (first + n) * rows), n, rows)
  }

  /** g = Z'R / n */
  get gradient(): Float64Array {
    this.#gradient ??= this.space.timesTransposed(this.Z, this.r, 1 / this.n)
    return this.#gradient
  }

  /** H V = Z'[S_i (Z V)_i] / n */
  product(V: Float64Array): Float64Array {
    const { space, n, K } = this
    space.times(this.Z, V, space.a)
    applyS(n, K, this.p, this.w, space.a, space.a)
    return space.timesTransposed(this.Z, space.a, 1 / n)
  }

  /** diag H = (Z^2)'[P (1 - P)] / n */
  get diagonal(): Float64Array {
    return this.#timesSquares(this.w)
  }

  /** The variance of the examples' gradients: (Z^2)'(R^2) / n - g^2. */
  get gradientVariance(): Float64Array {
    const { space, r } = this
    for (let i = 0; i < r.length; i++) space.a[i] = r[i] * r[i]
    const squares = this.#timesSquares(space.a)
    const { gradient } = this
    return squares.map((v, j) => v - gradient[j] * gradient[j])
  }

  /** (Z^2)'X / n; with one output the same pass finds the gradient. */
  #timesSquares(X: Float64Array): Float64Array {
    const { space, n, Z, r } = this
    if (this.K > 1) return space.timesTransposed(this.squares, X, 1 / n)
    const [gradient, squares] = space.twoSums(Z, r, X, 1 / n)
    this.#gradient ??= gradient
    return squares
  }

  /** q = <theta, g>, the derivative of L in a factor at the logits. */
  get irm(): number {
    let sum = 0
    for (let i = 0; i < this.r.length; i++) sum += this.r[i] * this.logits[i]
    return sum / this.n
  }
}
