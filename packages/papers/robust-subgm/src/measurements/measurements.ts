import { calling, type Matrix, type MatrixLike, matrix, refuse, show, type VectorLike, vector } from '@opt/core'
import { pack, packedLength, symmetrized, unpack } from './packing.ts'

/** Whether the absolute residuals are summed or their squares. */
export type Loss = 'l1' | 'l2'

/** Sums over measurements. */
export interface MeasurementTotals {
  /** Of the squared Frobenius norms of the symmetric parts of the A_k. */
  squaredNorm: number
  /** Of the numbers of the d(d+1)/2 places of the upper triangle where the symmetric part is not 0. */
  nonzeros: number
}

/**
 * Linear measurements <A_k, X> of a symmetric d x d matrix X. Only the symmetric parts of the A_k matter.
 * {@link denseMeasurements}, {@link gaussianMeasurements}, {@link rankOneMeasurements}, {@link entryMeasurements},
 * {@link sparseMeasurements} and {@link batchedMeasurements} make them.
 */
export abstract class Measurements {
  /** d: the matrix measured is d x d. */
  readonly size: number
  /** m: the number of measurements. */
  readonly count: number

  constructor(size: number, count: number) {
    this.size = size
    this.count = count
  }

  /**
   * Writes the residuals r_k = <A_k, X> - y_k and the packed sum of sign(r_k) A_k (of r_k A_k for 'l2'), in one read
   * of the measurements.
   *
   * @param X the upper triangle of X, row by row: d(d+1)/2 numbers.
   * @param y m numbers.
   * @param residuals m numbers, overwritten.
   * @param direction d(d+1)/2 numbers, overwritten: entry (i, j) is the sum of A_ij + A_ji off the diagonal.
   */
  abstract pass(X: Float64Array, y: Float64Array, loss: Loss, residuals: Float64Array, direction: Float64Array): void

  /** Returns sums over the measurements. */
  abstract totals(): MeasurementTotals

  /**
   * Returns the m numbers <A_k, X>.
   *
   * @param X d x d; if it is not symmetric, its symmetric part is measured.
   * @throws TypeError or RangeError when X is not a finite d x d matrix.
   */
  forward(X: MatrixLike): Float64Array {
    return calling('Measurements.forward', () => {
      const packed = pack(symmetrized(matrix(X, 'X', { rows: this.size, columns: this.size })))
      const values = new Float64Array(this.count)
      this.pass(packed, new Float64Array(this.count), 'l1', values, new Float64Array(packed.length))
      if (!values.every(Number.isFinite)) refuse('X', 'such that every <A, X> is finite', 'an overflow')
      return values
    })
  }

  /**
   * Returns (1/m) sum_k z_k (A_k + A_k')/2, d x d.
   *
   * @param z m numbers.
   * @throws TypeError or RangeError when z is not a vector of m finite numbers.
   */
  adjoint(z: VectorLike): Matrix {
    return calling('Measurements.adjoint', () => this.#mean(vector(z, 'z', { length: this.count }), 'l2'))
  }

  /**
   * Returns (1/m) sum_k sign(z_k) (A_k + A_k')/2, d x d; sign(0) = 0.
   *
   * @param z m numbers.
   * @throws TypeError or RangeError when z is not a vector of m finite numbers.
   */
  signAdjoint(z: VectorLike): Matrix {
    return calling('Measurements.signAdjoint', () => this.#mean(vector(z, 'z', { length: this.count }), 'l1'))
  }

  /** The residuals of X = 0 are -y: with y = -z the pass adds up the measurements with weights z. */
  #mean(z: Float64Array, loss: Loss): Matrix {
    const direction = new Float64Array(packedLength(this.size))
    const zero = new Float64Array(direction.length)
    this.pass(
      zero,
      z.map((value) => -value),
      loss,
      new Float64Array(this.count),
      direction,
    )
    if (!direction.every(Number.isFinite)) refuse('z', 'such that the sum is finite', 'an overflow')
    return unpack(direction, this.size, 1 / this.count)
  }
}

/** Refuses what is not made by one of the functions that make measurements. */
export function checkMeasurements(measurements: unknown): Measurements {
  if (!(measurements instanceof Measurements)) refuse('measurements', 'Measurements', show(measurements), 'type')
  return measurements
}
