import { allFinite, type MatrixView, matrixView, refuse } from '@opt/core'
import { applyS, predictRows } from './curvature.ts'
import type { Workspace } from './workspace.ts'

/** A direction like theta, and what the logits change by along it: n rows of K numbers. */
export interface Direction {
  readonly V: Float64Array
  readonly ZV: Float64Array
}

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
    const { data, stride } = space.Z
    this.Z = matrixView(data.subarray(first * stride, (first + n) * stride), n, rows, stride)
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

  /** g = Z'R / n */
  get gradient(): Float64Array {
    this.#gradient ??= this.space.timesTransposed(this.Z, this.r, 1 / this.n)
    return this.#gradient
  }

  /** Z V, with V beside it. */
  along(V: Float64Array): Direction {
    const ZV = new Float64Array(this.n * this.K)
    this.space.times(this.Z, V, this.space.a)
    ZV.set(this.space.a.subarray(0, ZV.length))
    return { V, ZV }
  }

  /** H V = Z'[S_i (Z V)_i] / n */
  product({ ZV }: Direction): Float64Array {
    const { space, n, K, Z, p, w } = this
    applyS(n, K, p, w, ZV, space.a)
    return space.timesTransposed(Z, space.a, 1 / n)
  }

  /** diag H = (Z^2)'[P (1 - P)] / n */
  get diagonal(): Float64Array {
    return this.space.timesTransposed(this.Z, this.w, 1 / this.n, true)
  }

  /** The variance of the examples' gradients: (Z^2)'(R^2) / n - g^2. */
  get gradientVariance(): Float64Array {
    const { space, n, Z, r, gradient } = this
    for (let i = 0; i < r.length; i++) space.a[i] = r[i] * r[i]
    const squares = space.timesTransposed(Z, space.a, 1 / n, true)
    return squares.map((v, j) => v - gradient[j] * gradient[j])
  }

  /** q = <theta, g>, the derivative of L in a factor at the logits. */
  get irm(): number {
    let sum = 0
    for (let i = 0; i < this.r.length; i++) sum += this.r[i] * this.logits[i]
    return sum / this.n
  }
}
