import { allFinite, calling, type Matrix, type MatrixLike, matrix, refuse } from '@opt/core'
import ndarray from 'ndarray'
import { checkDegrees, type FeaturePlan, featureCount, featurePlan } from './feature-plan.ts'

/** More features than this are not stored. */
export const MOST_FEATURES = 20_000

/** Computes the features of one row after another. */
export class RowFeatures {
  readonly #plan: FeaturePlan
  /** Entry input * (highest + 1) + power: the normalised Hermite polynomial of that power. */
  readonly #table: Float64Array
  readonly #roots: Float64Array

  constructor(plan: FeaturePlan) {
    this.#plan = plan
    this.#table = new Float64Array(plan.inputs * (plan.highest + 1))
    this.#roots = Float64Array.from({ length: plan.highest + 1 }, (_, j) => Math.sqrt(j))
  }

  /** h_{j+1} = (x h_j - sqrt(j) h_{j-1}) / sqrt(j + 1). */
  #tabulate(X: Float64Array, at: number): void {
    const { inputs, highest } = this.#plan
    const [table, roots] = [this.#table, this.#roots]
    for (let i = 0, k = 0; i < inputs; i++) {
      const x = X[at + i]
      let before = 0
      let now = 1
      table[k++] = 1
      for (let j = 0; j < highest; j++) {
        const next = (x * now - roots[j] * before) / roots[j + 1]
        before = now
        now = next
        table[k++] = now
      }
    }
  }

  /** Writes the features of the row of X that begins at `at` to `out`, from place `to` on. */
  write(X: Float64Array, at: number, out: Float64Array, to: number): void {
    this.#tabulate(X, at)
    const { count, starts, factors } = this.#plan
    const table = this.#table
    for (let f = 0, t = 0; f < count; f++) {
      let product = table[factors[t++]]
      for (const end = starts[f + 1]; t < end; t++) product *= table[factors[t]]
      out[to + f] = product
    }
  }

  /** Returns the inner product of the features of the row that begins at `at` with coefficients. */
  dot(X: Float64Array, at: number, coefficients: Float64Array): number {
    this.#tabulate(X, at)
    const { count, starts, factors } = this.#plan
    const table = this.#table
    let sum = 0
    for (let f = 0, t = 0; f < count; f++) {
      let product = coefficients[f] * table[factors[t++]]
      for (const end = starts[f + 1]; t < end; t++) product *= table[factors[t]]
      sum += product
    }
    return sum
  }

  /** Adds weight times the features of the row that begins at `at` to `sums`. */
  add(X: Float64Array, at: number, weight: number, sums: Float64Array): void {
    this.#tabulate(X, at)
    const { count, starts, factors } = this.#plan
    const table = this.#table
    for (let f = 0, t = 0; f < count; f++) {
      let product = weight * table[factors[t++]]
      for (const end = starts[f + 1]; t < end; t++) product *= table[factors[t]]
      sums[f] += product
    }
  }
}

/**
 * Computes the orthonormal Hermite features of some degrees: products of h_j(x) = He_j(x) / sqrt(j!) whose degrees add
 * up to k. Of degree 1: x_i. Of degree 2: (x_i^2 - 1) / sqrt(2) for all i, then x_i x_j, i < j. Of degree 3:
 * (x_i^3 - 3 x_i) / sqrt(6); (x_i^2 - 1) x_j / sqrt(2), i outer, j inner; x_i x_j x_l, i < j < l; and so on. For
 * x ~ N(0, I) they are uncorrelated, of mean 0 and variance 1.
 *
 * @param X n x d; not changed.
 * @param degrees distinct integers from 1 to 20.
 * @returns n x D, the degrees one after the other; D = sum of (d + k - 1 choose k).
 * @throws TypeError or RangeError when X is no finite matrix, a degree is invalid, D is above 20,000 (use
 *   {@link hermiteKernel}), or a feature overflows.
 */
export function hermiteFeatures(X: MatrixLike, degrees: readonly number[]): Matrix {
  return calling('hermiteFeatures', () => {
    const { data, shape } = matrix(X, 'X')
    const [n, d] = shape
    const checked = checkDegrees(degrees, 'degrees')
    const count = featureCount(d, checked, 'degrees')
    if (count > MOST_FEATURES)
      refuse('degrees', `of at most ${MOST_FEATURES} features in ${d} inputs (hermiteKernel has no limit)`, `${count}`)
    const rows = new RowFeatures(featurePlan(d, checked, 'degrees'))
    const out = new Float64Array(n * count)
    for (let i = 0; i < n; i++) rows.write(data, i * d, out, i * count)
    if (!allFinite(out)) refuse('X', 'of features within the range of doubles', 'larger ones')
    return ndarray(out, [n, count])
  })
}
