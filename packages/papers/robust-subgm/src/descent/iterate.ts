import { allocate, type KernelsOf } from '@opt/core'
import { subgmKernels } from '../kernels/kernels.ts'
import type { Loss, Measurements } from '../measurements/measurements.ts'
import { packedLength } from '../measurements/packing.ts'
import { gramEigen } from './factors.ts'
import { absoluteQuantile, normalQuantile } from './quantiles.ts'

/** A factor U, d x r, with the residuals and the subgradient of the loss at U U'. */
export class Iterate {
  readonly rank: number
  readonly factor: Float64Array
  readonly subgradient: Float64Array
  readonly residuals: Float64Array
  readonly #measurements: Measurements
  readonly #y: Float64Array
  readonly #loss: Loss
  readonly #matrix: Float64Array
  readonly #sums: Float64Array
  readonly #row: Float64Array
  readonly #last: Float64Array
  readonly #kernels: KernelsOf<[typeof subgmKernels]>
  readonly #scratch: Float64Array
  readonly #q: number
  readonly #z: number

  constructor(measurements: Measurements, y: Float64Array, start: Float64Array, loss: Loss, q: number) {
    const { size: d, count: m } = measurements
    const r = start.length / d
    const n = packedLength(d)
    const { kernels, factor, subgradient, matrix, sums, row } = allocate([subgmKernels], (views) => ({
      factor: views.f64(d * r),
      subgradient: views.f64(d * r),
      matrix: views.f64(n),
      sums: views.f64(n),
      row: views.f64(d),
    }))
    factor.set(start)
    this.rank = r
    this.factor = factor
    this.subgradient = subgradient
    this.residuals = new Float64Array(m)
    this.#measurements = measurements
    this.#y = y
    this.#loss = loss
    this.#matrix = matrix
    this.#sums = sums
    this.#row = row
    this.#last = start.slice()
    this.#kernels = kernels
    this.#scratch = new Float64Array(m)
    this.#q = q
    this.#z = normalQuantile(q)
  }

  /** Computes r = A(U U') - y and D = (2/m) (sum of sign(r_k) A_k) U, or with r_k itself for the squares. */
  evaluate(): void {
    const { size, count } = this.#measurements
    this.#kernels.gram(size, this.rank, this.factor, this.#matrix)
    this.#measurements.pass(this.#matrix, this.#y, this.#loss, this.residuals, this.#sums)
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i] *= 2 / count
    this.#kernels.multiply(size, this.rank, this.#sums, this.factor, this.subgradient, this.#row)
  }

  /** U - stepSize D. */
  move(stepSize: number): void {
    this.#last.set(this.factor)
    this.#kernels.axpy(this.factor.length, -stepSize, this.subgradient, this.factor)
  }

  /** Goes back to the factor before the last move. */
  back(): void {
    this.factor.set(this.#last)
  }

  /** (1/m) sum |r_k|, or (1/2m) sum r_k^2. */
  get objective(): number {
    const { residuals } = this
    let sum = 0
    if (this.#loss === 'l2') for (let k = 0; k < residuals.length; k++) sum += residuals[k] * residuals[k]
    else for (let k = 0; k < residuals.length; k++) sum += Math.abs(residuals[k])
    return sum / (this.#loss === 'l2' ? 2 * residuals.length : residuals.length)
  }

  /** s: the q-quantile of |r_k|, divided by that of |N(0, 1)|; NaN if a residual is not finite. */
  get scale(): number {
    return absoluteQuantile(this.residuals, this.#q, this.#scratch) / this.#z
  }

  /** The eigenvalues of U'U, ascending. */
  eigenvalues(): Float64Array {
    return gramEigen(this.factor, this.rank).values
  }

  get subgradientNorm(): number {
    return Math.sqrt(this.#kernels.dot(this.factor.length, this.subgradient, this.subgradient))
  }
}
