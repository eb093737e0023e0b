import { allocate, gemmScratch, type MatrixKernels, type MatrixView, matrixKernels, transpose } from '@opt/core'
import { SymmetricEigensolver } from '@opt/curvature'
import { decompose, firstSmallest, type Ridge, shrunk } from './ridge.ts'

/** Ridge by the eigendecomposition of the n x n matrix K = F F', for fewer rows than features: O(n^3) a solve. */
export class KernelForm implements Ridge {
  /** n x n, to be filled before a solve. */
  readonly K: MatrixView
  readonly residuals: Float64Array
  readonly leverages: Float64Array
  readonly errors: Float64Array
  /** The multipliers a of rows: b = F'a. */
  readonly solution: Float64Array
  readonly #lambdas: Float64Array
  readonly #eigen: SymmetricEigensolver
  readonly #weighted: Float64Array
  readonly #space: Space
  readonly #kernels: MatrixKernels

  constructor(n: number, lambdas: Float64Array) {
    const space = allocate([matrixKernels], (views) => ({
      K: views.matrix(n, n),
      V: views.matrix(n, n),
      W: views.matrix(n, lambdas.length),
      multipliers: views.matrix(n, lambdas.length),
      inverses: views.matrix(n, lambdas.length),
      target: views.f64(n),
      c: views.f64(n),
      solution: views.f64(n),
      work: views.f64(gemmScratch(n, lambdas.length, n)),
    }))
    this.#space = space
    this.#kernels = space.kernels
    this.#lambdas = lambdas
    this.#eigen = new SymmetricEigensolver(n)
    this.#weighted = new Float64Array(n * n)
    this.K = space.K
    this.solution = space.solution
    this.residuals = new Float64Array(n)
    this.leverages = new Float64Array(n)
    this.errors = new Float64Array(lambdas.length)
  }

  solve(target: Float64Array, weights: Float64Array | null): number {
    const { V, c, target: t } = this.#space
    t.set(target)
    this.#decompose(weights)
    this.#kernels.gemv(V, t, c)
    this.#leaveOneOut()
    const best = firstSmallest(this.errors)
    if (best >= 0) this.#choose(best, weights)
    return best
  }

  values(out: Float64Array): void {
    this.#kernels.gemv(this.K, this.solution, this.#space.target)
    out.set(this.#space.target)
  }

  #decompose(weights: Float64Array | null): void {
    const { K, V } = this.#space
    const n = K.rows
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        const entry = K.data[i * K.stride + j] * (weights ? weights[i] * weights[j] : 1)
        this.#weighted[i * n + j] = this.#weighted[j * n + i] = entry
      }
    decompose(this.#eigen, this.#weighted, V)
  }

  /** Multipliers (K + lambda)^-1 t and diagonals of (K + lambda)^-1, whose ratio is the residual, for all penalties. */
  #leaveOneOut(): void {
    const { V, W, c, multipliers, inverses, work } = this.#space
    const { values } = this.#eigen
    const lambdas = this.#lambdas
    const n = values.length
    shrunk(W, (j) => c[j], values, lambdas)
    multipliers.data.fill(0)
    this.#kernels.gemm(1, transpose(V), W, multipliers, work)
    for (let k = 0; k < V.data.length; k++) V.data[k] *= V.data[k]
    shrunk(W, () => 1, values, lambdas)
    inverses.data.fill(0)
    this.#kernels.gemm(1, transpose(V), W, inverses, work)
    this.errors.fill(0)
    for (let i = 0; i < n; i++)
      for (let l = 0; l < lambdas.length; l++) {
        const residual = multipliers.data[i * multipliers.stride + l] / inverses.data[i * inverses.stride + l]
        this.errors[l] += (residual * residual) / n
      }
  }

  #choose(l: number, weights: Float64Array | null): void {
    const { multipliers, inverses, solution } = this.#space
    for (let i = 0; i < solution.length; i++) {
      const multiplier = multipliers.data[i * multipliers.stride + l]
      const inverse = inverses.data[i * inverses.stride + l]
      solution[i] = weights ? weights[i] * multiplier : multiplier
      this.residuals[i] = multiplier / inverse
      this.leverages[i] = 1 - this.#lambdas[l] * inverse
    }
  }
}

interface Space {
  V: MatrixView
  K: MatrixView
  W: MatrixView
  multipliers: MatrixView
  inverses: MatrixView
  target: Float64Array
  c: Float64Array
  solution: Float64Array
  work: Float64Array
}
