import { allocate, gemmScratch, type MatrixKernels, type MatrixView, matrixKernels, transpose } from '@opt/core'
import { SymmetricEigensolver } from '@opt/curvature'
import { decompose, firstSmallest, type Ridge, shrunk } from './ridge.ts'

/** A leverage this close to 1 leaves no digits of the leave-one-out residual. */
const HIDDEN = 1e-11

/** Ridge by the eigendecomposition of F'F, for n rows and at most as many features: O(n D^2 + D^3) a solve. */
export class FeatureRidge implements Ridge {
  /** n x D, to be filled before a solve. */
  readonly features: MatrixView
  readonly residuals: Float64Array
  readonly leverages: Float64Array
  readonly errors: Float64Array
  readonly solution: Float64Array
  readonly #lambdas: Float64Array
  readonly #eigen: SymmetricEigensolver
  readonly #gram: Float64Array
  readonly #space: Space
  readonly #kernels: MatrixKernels

  constructor(n: number, count: number, lambdas: Float64Array) {
    const space = allocate([matrixKernels], (views) => ({
      F: views.matrix(n, count),
      R: views.matrix(n, count),
      G: views.matrix(count, count),
      V: views.matrix(count, count),
      W: views.matrix(count, lambdas.length),
      fits: views.matrix(n, lambdas.length),
      leverages: views.matrix(n, lambdas.length),
      target: views.f64(n),
      projected: views.f64(count),
      c: views.f64(count),
      solution: views.f64(count),
      work: views.f64(gemmScratch(n, count, count) + gemmScratch(count, count, n)),
    }))
    this.#space = space
    this.#kernels = space.kernels
    this.#lambdas = lambdas
    this.#eigen = new SymmetricEigensolver(count)
    this.#gram = new Float64Array(count * count)
    this.features = space.F
    this.solution = space.solution
    this.residuals = new Float64Array(n)
    this.leverages = new Float64Array(n)
    this.errors = new Float64Array(lambdas.length)
  }

  solve(target: Float64Array, weights: Float64Array | null): number {
    const { c, projected, V, R, F, work, target: t } = this.#space
    const kernels = this.#kernels
    t.set(target)
    this.#decompose(weights)
    // c = V'F't, before R = diag(w) F becomes R = diag(w) F V.
    projected.fill(0)
    kernels.gemvT(R, t, projected)
    kernels.gemv(V, projected, c)
    R.data.fill(0)
    kernels.gemm(1, F, transpose(V), R, work)
    if (weights) scaleRows(R, R, weights)
    this.#leaveOneOut()
    const best = firstSmallest(this.errors)
    if (best >= 0) this.#choose(best)
    return best
  }

  values(out: Float64Array): void {
    const { F, target } = this.#space
    this.#kernels.gemv(F, this.solution, target)
    out.set(target)
  }

  /** Writes diag(w) F to R, and the eigenvectors of its Gram matrix to the rows of V. */
  #decompose(weights: Float64Array | null): void {
    const { F, R, G, V, work } = this.#space
    if (weights) scaleRows(F, R, weights)
    else R.data.set(F.data)
    G.data.fill(0)
    this.#kernels.syrk(1, transpose(R), G, work)
    const count = G.rows
    for (let i = 0; i < count; i++)
      for (let j = 0; j <= i; j++) this.#gram[i * count + j] = this.#gram[j * count + i] = G.data[i * G.stride + j]
    decompose(this.#eigen, this.#gram, V)
  }

  /** Fits and leverages of all penalties: R (c / (eigenvalue + lambda)) and R^2 (1 / (eigenvalue + lambda)). */
  #leaveOneOut(): void {
    const { R, W, c, fits, leverages, work, target } = this.#space
    const { values } = this.#eigen
    const lambdas = this.#lambdas
    shrunk(W, (j) => c[j], values, lambdas)
    fits.data.fill(0)
    this.#kernels.gemm(1, R, W, fits, work)
    for (let k = 0; k < R.data.length; k++) R.data[k] *= R.data[k]
    shrunk(W, () => 1, values, lambdas)
    leverages.data.fill(0)
    this.#kernels.gemm(1, R, W, leverages, work)
    this.errors.fill(0)
    for (let i = 0; i < target.length; i++)
      for (let l = 0; l < lambdas.length; l++) {
        const left = 1 - leverages.data[i * leverages.stride + l]
        const residual = (target[i] - fits.data[i * fits.stride + l]) / left
        this.errors[l] += left > HIDDEN ? (residual * residual) / target.length : Infinity
      }
  }

  #choose(l: number): void {
    const { V, c, projected, solution, fits, leverages, target } = this.#space
    for (let j = 0; j < c.length; j++) projected[j] = c[j] / (this.#eigen.values[j] + this.#lambdas[l])
    solution.fill(0)
    this.#kernels.gemvT(V, projected, solution)
    for (let i = 0; i < target.length; i++) {
      this.leverages[i] = leverages.data[i * leverages.stride + l]
      this.residuals[i] = (target[i] - fits.data[i * fits.stride + l]) / (1 - this.leverages[i])
    }
  }
}

interface Space {
  F: MatrixView
  R: MatrixView
  G: MatrixView
  V: MatrixView
  W: MatrixView
  fits: MatrixView
  leverages: MatrixView
  target: Float64Array
  projected: Float64Array
  c: Float64Array
  solution: Float64Array
  work: Float64Array
}

function scaleRows(from: MatrixView, to: MatrixView, weights: Float64Array): void {
  const { rows, columns, stride } = from
  for (let i = 0; i < rows; i++)
    for (let k = i * stride; k < i * stride + columns; k++) to.data[k] = from.data[k] * weights[i]
}
