import { calling, type MatrixLike, type MatrixView, matrix, refuse, type VectorLike, vector } from '@opt/core'
import { FeatureRidge } from './feature-ridge.ts'
import { KernelForm } from './kernel-form.ts'
import type { Ridge } from './ridge.ts'

/** Numbers beyond this have no squares. */
export const LARGEST = 1e140

/** Answer of {@link ridgeLoo}. */
export interface RidgeLoo {
  /** The mean squared leave-one-out error for each lambda; Infinity where rounding hides it (leverage 1). */
  loo: Float64Array
  /** The place of the first lambda of least error. */
  index: number
  lambda: number
  /** D numbers. */
  coefficients: Float64Array
  /** n residuals y - F b. */
  residuals: Float64Array
  /** n leave-one-out residuals: y_i minus the prediction of the fit without row i, residual / (1 - leverage). */
  looResiduals: Float64Array
  /** n numbers from 0 to 1: how far row i determines its own prediction. */
  leverages: Float64Array
}

/** Checks penalties; returns a copy. */
export function checkLambdas(lambdas: VectorLike, label: string): Float64Array {
  return Float64Array.from(vector(lambdas, label, { sign: 'positive' }))
}

/** Refuses numbers whose squares overflow. */
export function withSquares(values: Float64Array, label: string): Float64Array {
  for (let i = 0; i < values.length; i++)
    if (Math.abs(values[i]) > LARGEST) refuse(label, `of numbers up to ${LARGEST}`, String(values[i]))
  return values
}

/** Ridge on stored features, in the smaller of both forms. */
export class StoredRidge {
  /** n x D, to be filled before a solve. */
  readonly features: MatrixView
  readonly #form: Ridge
  readonly #kernel: KernelForm | undefined
  readonly #coefficients: Float64Array

  constructor(n: number, count: number, lambdas: Float64Array) {
    this.#coefficients = new Float64Array(count)
    if (count <= n) {
      const form = new FeatureRidge(n, count, lambdas)
      this.#form = form
      this.features = form.features
    } else {
      this.#form = this.#kernel = new KernelForm(n, lambdas)
      this.features = { data: new Float64Array(n * count), rows: n, columns: count, stride: count }
    }
  }

  get ridge(): Ridge {
    return this.#form
  }

  /** See {@link Ridge.solve}. */
  solve(target: Float64Array): number {
    const form = this.#kernel
    if (form) {
      const { data, rows, columns, stride } = this.features
      for (let i = 0; i < rows; i++)
        for (let j = 0; j <= i; j++) {
          let inner = 0
          for (let k = 0; k < columns; k++) inner += data[i * stride + k] * data[j * stride + k]
          form.K.data[i * form.K.stride + j] = form.K.data[j * form.K.stride + i] = inner
        }
    }
    return this.#form.solve(target, null)
  }

  /** Returns the D coefficients of the last solve. */
  coefficients(): Float64Array {
    const { data, rows, columns, stride } = this.features
    const { solution } = this.#form
    if (!this.#kernel) return solution.slice()
    const out = this.#coefficients.fill(0)
    for (let i = 0; i < rows; i++) for (let k = 0; k < columns; k++) out[k] += solution[i] * data[i * stride + k]
    return out.slice()
  }
}

/**
 * Fits ridge regressions, min |y - F b|^2 + lambda |b|^2, for all lambdas by one eigendecomposition (of F'F, or of F F'
 * if n < D), and chooses the first lambda of least leave-one-out error. The residual without row i is
 * exactly (y_i - F_i b) / (1 - leverage_i).
 *
 * @param F n x D; not changed.
 * @param y n numbers.
 * @param lambdas positive; lambda |b|^2 stands against the sum of squares, not the mean.
 * @throws TypeError or RangeError when shapes or numbers are wrong, magnitudes are above 1e140, or all lambdas are so
 *   small that rounding hides the leave-one-out errors.
 */
export function ridgeLoo(F: MatrixLike, y: VectorLike, lambdas: VectorLike): RidgeLoo {
  return calling('ridgeLoo', () => {
    const { data, shape } = matrix(F, 'F')
    const [n, count] = shape
    const target = withSquares(vector(y, 'y', { length: n }), 'y')
    const checked = checkLambdas(lambdas, 'lambdas')
    withSquares(data, 'F')
    const solver = new StoredRidge(n, count, checked)
    const { features } = solver
    for (let i = 0; i < n; i++) features.data.set(data.subarray(i * count, (i + 1) * count), i * features.stride)
    const index = solver.solve(target)
    if (index < 0) refuse('lambdas', 'large enough for leave-one-out errors above rounding', `${checked}`)
    const { ridge } = solver
    const looResiduals = ridge.residuals.slice()
    const leverages = ridge.leverages.slice()
    return {
      loo: ridge.errors.slice(),
      index,
      lambda: checked[index],
      coefficients: solver.coefficients(),
      residuals: looResiduals.map((residual, i) => residual * (1 - leverages[i])),
      looResiduals,
      leverages,
    }
  })
}
