import {
  allocate,
  calling,
  type KernelsOf,
  type MatrixView,
  number,
  options as optionsOf,
  type Random,
  refuse,
  show,
} from '@opt/core'
import { subgmKernels } from '../kernels/kernels.ts'
import { type DenseInput, readDense } from './dense-input.ts'
import { type Loss, Measurements, type MeasurementTotals } from './measurements.ts'
import { packedLength } from './packing.ts'

/** Options of {@link denseMeasurements}. */
export interface DenseOptions {
  /**
   * d, where each row of the input is a measurement: its d^2 entries row by row, or the d(d+1)/2 numbers A_ii and
   * A_ij + A_ji of its upper triangle.
   */
  size?: number | undefined
}

/** Packed numbers that fit into the 4 GiB of a memory, with what else is in it. */
const MOST = 5e8

/** Rows of packed measurements in the kernels' memory. */
export class DenseMeasurements extends Measurements {
  readonly rows: MatrixView
  readonly #space: {
    X: Float64Array
    y: Float64Array
    residuals: Float64Array
    direction: Float64Array
    weights: Float64Array
    kernels: KernelsOf<[typeof subgmKernels]>
  }

  constructor(size: number, count: number) {
    super(size, count)
    const n = packedLength(size)
    if (count * n > MOST)
      refuse('measurements', `of ${MOST} packed numbers at most; batchedMeasurements takes more`, `${count} x ${n}`)
    const { rows, ...space } = allocate([subgmKernels], (views) => ({
      rows: views.matrix(count, n),
      X: views.f64(n),
      y: views.f64(count),
      residuals: views.f64(count),
      direction: views.f64(n),
      weights: views.f64(4),
    }))
    this.rows = rows
    this.#space = space
  }

  pass(X: Float64Array, y: Float64Array, loss: Loss, residuals: Float64Array, direction: Float64Array): void {
    this.passRows(y.length, X, y, loss, residuals, direction)
  }

  /** A pass over the first m rows. */
  passRows(
    m: number,
    X: Float64Array,
    y: Float64Array,
    loss: Loss,
    residuals: Float64Array,
    direction: Float64Array,
  ): void {
    const { rows } = this
    const own = this.#space
    own.X.set(X)
    own.y.set(y)
    own.direction.fill(0)
    // biome-ignore format: sizes, inputs, outputs
    own.kernels.passDense(
      m, rows.columns, rows.data, rows.stride, own.X, own.y,
      loss === 'l2' ? 1 : 0, own.residuals, own.direction, own.weights,
    )
    residuals.set(own.residuals.subarray(0, m))
    direction.set(own.direction)
  }

  totals(): MeasurementTotals {
    return this.totalsOf(this.count)
  }

  /** The totals of the first m rows. */
  totalsOf(m: number): MeasurementTotals {
    const { data, stride } = this.rows
    let [squaredNorm, nonzeros] = [0, 0]
    for (let k = 0; k < m; k++)
      for (let i = 0, o = k * stride; i < this.size; i++)
        for (let j = i; j < this.size; j++) {
          const value = data[o++]
          if (value === 0) continue
          squaredNorm += i === j ? value * value : (value * value) / 2
          nonzeros++
        }
    return { squaredNorm, nonzeros }
  }

  /** Packs a d x d matrix into row k. */
  set(k: number, A: Float64Array): void {
    const d = this.size
    const { data, stride } = this.rows
    for (let i = 0, o = k * stride; i < d; i++) {
      data[o++] = A[i * d + i]
      for (let j = i + 1; j < d; j++) data[o++] = A[i * d + j] + A[j * d + i]
    }
  }
}

/**
 * Packs dense measurement matrices, d(d+1)/2 numbers each.
 *
 * @param A the m matrices: see {@link DenseInput}. They need not be symmetric; <A, X> depends on A + A' only.
 * @throws TypeError or RangeError when there is none, one is not square, not finite, or of another shape than the first,
 * or the largest entry of all is neither 0 nor between 1e-70 and 1e70; when they need more than 4 GiB.
 */
export function denseMeasurements(A: DenseInput, options?: DenseOptions): Measurements {
  return calling('denseMeasurements', () => {
    const { size } = optionsOf(options, 'options', ['size'])
    const source = readDense(A, size, 'A')
    const out = new DenseMeasurements(source.size, source.count)
    source.fill(out)
    return out
  })
}

/**
 * Draws m measurements whose matrices have independent standard normal entries: the symmetric part is all that is
 * measured, so A_ii is drawn from N(0, 1) and A_ij + A_ji from N(0, 2).
 *
 * @throws TypeError or RangeError when m or d is not a positive integer, or they need more than 4 GiB.
 */
export function gaussianMeasurements(m: number, d: number, random: Random): Measurements {
  return calling('gaussianMeasurements', () => {
    number(m, 'm', { integer: true, min: 1 })
    number(d, 'd', { integer: true, min: 1, max: 46340 })
    if (typeof random?.normal !== 'function') refuse('random', 'a Random', show(random), 'type')
    const out = new DenseMeasurements(d, m)
    const { data, stride } = out.rows
    for (let k = 0; k < m; k++)
      for (let i = 0, o = k * stride; i < d; i++) {
        data[o++] = random.normal()
        for (let j = i + 1; j < d; j++) data[o++] = random.normal(0, Math.SQRT2)
      }
    return out
  })
}
