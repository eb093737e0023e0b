import { allocate, type MatrixKernels, type MatrixView, matrixKernels } from '@opt/core'
import { extremeEigen, symmetric } from '@opt/curvature'

/** Gradient descent on |Q b - t|^2 / (2 n) + decay |b|^2 / 2 from 0, with the step 1 / (largest eigenvalue + decay). */
export class RidgeDescent {
  /** n x m, to be filled before the first step. */
  readonly features: MatrixView
  /** n numbers. */
  readonly target: Float64Array
  /** b, m numbers. */
  readonly solution: Float64Array
  readonly #decay: number
  readonly #gradient: Float64Array
  readonly #residuals: Float64Array
  readonly #kernels: MatrixKernels
  #rate = 0

  constructor(n: number, m: number, decay: number) {
    const space = allocate([matrixKernels], (views) => ({
      features: views.matrix(n, m),
      target: views.f64(n),
      solution: views.f64(m),
      gradient: views.f64(m),
      residuals: views.f64(n),
    }))
    this.features = space.features
    this.target = space.target
    this.solution = space.solution
    this.#decay = decay
    this.#gradient = space.gradient
    this.#residuals = space.residuals
    this.#kernels = space.kernels
  }

  /** Sets the step size from the features, and the weights to begin from. */
  prepare(start: ArrayLike<number> = []): void {
    const { features } = this
    const [n, m] = [features.rows, features.columns]
    const product = (x: Float64Array, out: Float64Array) => {
      this.#gradient.set(x)
      this.#kernels.gemv(features, this.#gradient, this.#residuals)
      this.#gradient.fill(0)
      this.#kernels.gemvT(features, this.#residuals, this.#gradient)
      for (let k = 0; k < m; k++) out[k] = this.#gradient[k] / n
    }
    const { values } = extremeEigen(symmetric(m, product), { tolerance: 1e-9 })
    this.#rate = 1 / (values[0] + this.#decay)
    this.solution.set(start)
    this.#evaluate()
  }

  /** Writes Q b - t. */
  #evaluate(): void {
    this.#kernels.gemv(this.features, this.solution, this.#residuals)
    for (let i = 0; i < this.target.length; i++) this.#residuals[i] -= this.target[i]
  }

  /** Makes a step and returns the loss after it. */
  step(): number {
    const { solution, target } = this
    const decay = this.#decay
    const n = target.length
    this.#gradient.fill(0)
    this.#kernels.gemvT(this.features, this.#residuals, this.#gradient)
    for (let k = 0; k < solution.length; k++) solution[k] -= this.#rate * (this.#gradient[k] / n + decay * solution[k])
    this.#evaluate()
    let loss = 0
    for (let i = 0; i < n; i++) loss += (this.#residuals[i] * this.#residuals[i]) / n
    for (let k = 0; k < solution.length; k++) loss += decay * solution[k] * solution[k]
    return loss / 2
  }
}

/** Writes the rows of features times weights. */
export function weightedSums(
  { data, rows, columns, stride }: MatrixView,
  weights: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    let sum = 0
    for (let k = 0; k < columns; k++) sum += data[i * stride + k] * weights[k]
    out[i] = sum
  }
}
