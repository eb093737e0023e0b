import { allocate, calling, type KernelsOf, type MatrixLike, matrix } from '@opt/core'
import { subgmKernels } from '../kernels/kernels.ts'
import { type Loss, Measurements, type MeasurementTotals } from './measurements.ts'
import { checkRange, packedLength } from './packing.ts'

class RankOneMeasurements extends Measurements {
  readonly #space: {
    V: Float64Array
    X: Float64Array
    y: Float64Array
    residuals: Float64Array
    direction: Float64Array
    weights: Float64Array
    rows: Float64Array
    kernels: KernelsOf<[typeof subgmKernels]>
  }

  constructor(V: Float64Array, m: number, d: number) {
    super(d, m)
    const n = packedLength(d)
    this.#space = allocate([subgmKernels], (views) => ({
      V: views.f64(m * d),
      X: views.f64(n),
      y: views.f64(m),
      residuals: views.f64(m),
      direction: views.f64(n),
      weights: views.f64(4),
      rows: views.f64(4 * n),
    }))
    this.#space.V.set(V)
  }

  pass(X: Float64Array, y: Float64Array, loss: Loss, residuals: Float64Array, direction: Float64Array): void {
    const own = this.#space
    own.X.set(X)
    own.y.set(y)
    own.direction.fill(0)
    // biome-ignore format: sizes, inputs, outputs
    own.kernels.passRankOne(
      this.count, this.size, own.V, own.X, own.y,
      loss === 'l2' ? 1 : 0, own.residuals, own.direction, own.weights, own.rows,
    )
    residuals.set(own.residuals)
    direction.set(own.direction)
  }

  totals(): MeasurementTotals {
    const { V } = this.#space
    let [squaredNorm, nonzeros] = [0, 0]
    for (let k = 0; k < this.count; k++) {
      let [square, entries] = [0, 0]
      for (let i = k * this.size; i < (k + 1) * this.size; i++) {
        square += V[i] * V[i]
        if (V[i] !== 0) entries++
      }
      squaredNorm += square * square
      nonzeros += packedLength(entries)
    }
    return { squaredNorm, nonzeros }
  }
}

/**
 * Makes the measurements v_k' X v_k, as in covariance sketching and phase retrieval. It stores d numbers for each, and
 * forms v_k v_k' during a pass.
 *
 * @param vectors m x d: row k is v_k.
 * @throws TypeError or RangeError when it is not a finite matrix, or its largest entry is neither 0 nor between 1e-70
 * and 1e70.
 */
export function rankOneMeasurements(vectors: MatrixLike): Measurements {
  return calling('rankOneMeasurements', () => {
    const { data, shape } = matrix(vectors, 'vectors')
    checkRange(data, 'vectors')
    return new RankOneMeasurements(data, shape[0], shape[1])
  })
}
