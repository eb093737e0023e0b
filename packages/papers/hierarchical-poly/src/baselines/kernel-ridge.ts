import {
  allFinite,
  allocate,
  calling,
  exp,
  type MatrixLike,
  type MatrixView,
  matrix,
  matrixKernels,
  number,
  oneOf,
  options as optionsOf,
  type Random,
  randomFrom,
  refuse,
  solveScratch,
  type VectorLike,
} from '@opt/core'
import { checkDegrees } from '../hermite/feature-plan.ts'
import { fillKernel, flags } from '../hermite/kernel.ts'
import { checkProblem, grid } from '../model/fit-checks.ts'
import { checkLambdas } from '../ridge/ridge-loo.ts'

export type KernelName = 'rbf' | 'polynomial' | 'hermite'

/** Options of {@link kernelRidge}. */
export interface KernelRidgeOptions {
  /** exp(-|x - y|^2 / (2 width^2)), (1 + x'y / d)^degree, or the sum of Hermite kernels of `degrees`. Default 'rbf'. */
  kernel?: KernelName | undefined
  /** Of the rbf kernel. Default sqrt(d). */
  width?: number | undefined
  /** Of the polynomial kernel. Default 6. */
  degree?: number | undefined
  /** Of the Hermite kernel. Default [2]. */
  degrees?: readonly number[] | undefined
  /** Penalties to choose from. Default 10^-4, 10^-3, ..., 10^2. */
  lambdas?: VectorLike | undefined
  /** The part of the rows that chooses the penalty. Default 0.2. */
  validation?: number | undefined
  /** Draws those rows. Default 0. */
  seed?: number | Random | undefined
}

/** Answer of {@link kernelRidge}. */
export interface KernelRidge {
  lambda: number
  /** The mean squared error on the validation rows for each lambda. */
  errors: Float64Array
  /** n numbers: f(x) = mean + sum of multipliers_i K(x, x_i). */
  multipliers: Float64Array
  /** The mean of y. */
  mean: number
  /** Returns f at the rows of X, m x d. Throws TypeError or RangeError for another X. */
  predict(X: MatrixLike): Float64Array
}

type Fill = (X: Float64Array, Y: Float64Array, out: Float64Array, stride: number) => void

function kernelOf(d: number, options: KernelRidgeOptions): Fill {
  const { kernel = 'rbf', width = Math.sqrt(d), degree = 6, degrees = [2] } = options
  number(width, 'width', { positive: true })
  number(degree, 'degree', { integer: true, min: 1, max: 100 })
  const wanted = flags(checkDegrees(degrees, 'degrees'))
  if (oneOf(kernel, 'kernel', ['rbf', 'polynomial', 'hermite']) === 'hermite')
    return (X, Y, out, stride) => fillKernel(X, Y, d, wanted, out, stride)
  const entry =
    kernel === 'rbf'
      ? (X: Float64Array, i: number, Y: Float64Array, k: number) => {
          let squares = 0
          for (let j = 0; j < d; j++) {
            const part = (X[i * d + j] - Y[k * d + j]) / width
            squares += part * part
          }
          return exp(-squares / 2)
        }
      : (X: Float64Array, i: number, Y: Float64Array, k: number) => {
          let s = 0
          for (let j = 0; j < d; j++) s += X[i * d + j] * Y[k * d + j]
          let power = 1
          for (let j = 0; j < degree; j++) power *= 1 + s / d
          return power
        }
  return (X, Y, out, stride) => {
    const [n, m] = [X.length / d, Y.length / d]
    for (let i = 0; i < n; i++) for (let k = 0; k < m; k++) out[i * stride + k] = entry(X, i, Y, k)
  }
}

/**
 * Fits kernel ridge regression, the baseline that must learn g(p(x)) as one polynomial of high degree: K + lambda I, the
 * penalty chosen on validation rows, then all rows. O(n^3) time for each penalty, n^2 memory.
 *
 * @param X n x d, n >= 10; not changed.
 * @param y n numbers, not all equal.
 * @throws TypeError or RangeError when an argument is invalid, or no penalty gives a positive definite matrix.
 */
export function kernelRidge(X: MatrixLike, y: VectorLike, options?: KernelRidgeOptions): KernelRidge {
  return calling('kernelRidge', () => {
    const given = optionsOf(options, 'options', [
      'kernel',
      'width',
      'degree',
      'degrees',
      'lambdas',
      'validation',
      'seed',
    ])
    const { validation = 0.2, seed = 0 } = given
    const { data, y: responses, n, d } = checkProblem({ X, y })
    const fill = kernelOf(d, given)
    const lambdas = checkLambdas(given.lambdas ?? grid(-4, 2, 1), 'lambdas')
    number(validation, 'validation', { positive: true, max: 0.9 })
    const order = randomFrom(seed, 'seed').permutation(n)
    const held = Math.max(1, Math.round(validation * n))
    const take = (rows: Int32Array) => ({
      X: Float64Array.from({ length: rows.length * d }, (_, k) => data[rows[Math.floor(k / d)] * d + (k % d)]),
      y: Float64Array.from(rows, (row) => responses[row]),
    })
    const train = take(order.subarray(held))
    const test = take(order.subarray(0, held))

    const system = new KernelSystem(train.X, train.y, fill)
    const cross = new Float64Array(held * train.y.length)
    fill(test.X, train.X, cross, train.y.length)
    const errors = lambdas.map((lambda) => {
      const multipliers = system.solve(lambda)
      if (!multipliers) return Infinity
      let sum = 0
      for (let i = 0; i < held; i++) {
        let f = system.mean
        for (let k = 0; k < multipliers.length; k++) f += cross[i * multipliers.length + k] * multipliers[k]
        sum += ((test.y[i] - f) * (test.y[i] - f)) / held
      }
      return Number.isFinite(sum) ? sum : Infinity
    })
    let best = 0
    for (let l = 1; l < errors.length; l++) if (errors[l] < errors[best]) best = l
    const all = new KernelSystem(data, responses, fill)
    const multipliers = errors[best] < Infinity ? all.solve(lambdas[best]) : undefined
    if (!multipliers) refuse('lambdas', 'large enough for K + lambda I to be positive definite', `${lambdas}`)
    const { mean } = all
    return {
      lambda: lambdas[best],
      errors,
      multipliers,
      mean,
      predict: (rows) =>
        calling('kernelRidge.predict', () => {
          const { data: given, shape } = matrix(rows, 'X', { columns: d })
          const out = new Float64Array(shape[0]).fill(mean)
          const K = new Float64Array(n)
          for (let i = 0; i < out.length; i++) {
            fill(given.subarray(i * d, (i + 1) * d), data, K, n)
            for (let k = 0; k < n; k++) out[i] += K[k] * multipliers[k]
          }
          if (!allFinite(out)) refuse('X', 'of predictions within the range of doubles', 'larger ones')
          return out
        }),
    }
  })
}

/** The systems (K + lambda I) a = y - mean of some rows. */
class KernelSystem {
  readonly mean: number
  readonly #K: MatrixView
  readonly #space
  readonly #centred: Float64Array

  constructor(X: Float64Array, y: Float64Array, fill: Fill) {
    const n = y.length
    this.#space = allocate([matrixKernels], (views) => ({
      K: views.matrix(n, n),
      L: views.matrix(n, n),
      x: views.f64(n),
      work: views.f64(solveScratch(n, n)),
    }))
    this.#K = this.#space.K
    fill(X, X, this.#K.data, this.#K.stride)
    if (!allFinite(this.#K.data)) refuse('X', 'of kernels within the range of doubles', 'larger ones')
    this.mean = y.reduce((sum, value) => sum + value / n, 0)
    this.#centred = y.map((value) => value - this.mean)
  }

  /** Returns a; undefined when the matrix is not positive definite. */
  solve(lambda: number): Float64Array | undefined {
    const { L, x, work, kernels } = this.#space
    L.data.set(this.#K.data)
    for (let i = 0; i < L.rows; i++) L.data[i * L.stride + i] += lambda
    if (kernels.potrf(L, work) !== 0) return undefined
    x.set(this.#centred)
    kernels.trsv(L, x)
    kernels.trsvT(L, x)
    return allFinite(x) ? x.slice() : undefined
  }
}
