import { product } from './product.ts'

/** Two rows count as orthogonal below this cosine. */
const ORTHOGONAL = 1e-12
const MOST_SWEEPS = 40

/**
 * Singular value decompositions of many matrices of one size, one after the other, by Jacobi's one-sided rotations. Each
 * starts from the singular vectors of the last matrix, so that a sequence that changes little needs about one sweep.
 * A decomposition allocates nothing.
 */
export class SingularValues {
  readonly rows: number
  readonly columns: number
  /** Number of singular values: the smaller of both sizes. */
  readonly size: number
  /** The singular values of the last matrix, in no particular order. */
  readonly values: Float64Array
  /** Whether the rotated vectors are rows of the matrix, not columns. */
  readonly #byRows: boolean
  readonly #long: number
  /** size x size, orthogonal: row k is the singular vector of values[k] on the smaller side. */
  readonly #short: Float64Array
  /** size x long: row k is values[k] times the singular vector on the larger side. */
  readonly #scaled: Float64Array
  readonly #squares: Float64Array

  constructor(rows: number, columns: number) {
    this.rows = rows
    this.columns = columns
    this.#byRows = rows <= columns
    this.size = Math.min(rows, columns)
    this.#long = Math.max(rows, columns)
    this.values = new Float64Array(this.size)
    this.#squares = new Float64Array(this.size)
    this.#scaled = new Float64Array(this.size * this.#long)
    this.#short = new Float64Array(this.size * this.size)
    for (let k = 0; k < this.size; k++) this.#short[k * this.size + k] = 1
  }

  /** The vectors that the next decomposition starts from: size x size, row-major; for saved states. */
  get vectors(): Float64Array {
    return this.#short
  }

  /** Decomposes a matrix, row-major; returns its largest singular value. */
  decompose(M: Float64Array): number {
    const { size, columns, values } = this
    const [long, short, scaled, squares] = [this.#long, this.#short, this.#scaled, this.#squares]
    scaled.fill(0)
    for (let k = 0; k < size; k++)
      for (let i = 0; i < size; i++) {
        const weight = short[k * size + i]
        if (weight === 0) continue
        let from = this.#byRows ? i * columns : i
        const step = this.#byRows ? 1 : columns
        for (let j = 0, at = k * long; j < long; j++, at++, from += step) scaled[at] += weight * M[from]
      }
    let scale = 0
    for (let k = 0; k < size; k++) {
      squares[k] = product(scaled, k * long, scaled, k * long, long)
      scale = Math.max(scale, squares[k])
    }
    // Rows this short are rounding errors of the long ones.
    const negligible = 1e-32 * scale
    for (let sweep = 0, rotated = true; rotated && sweep < MOST_SWEEPS; sweep++) {
      rotated = false
      for (let k = 1; k < size; k++)
        for (let l = 0; l < k; l++) {
          const a = squares[k]
          const b = squares[l]
          if (a <= negligible || b <= negligible) continue
          const c = product(scaled, k * long, scaled, l * long, long)
          if (c * c <= ORTHOGONAL * ORTHOGONAL * a * b) continue
          rotated = true
          const ratio = (b - a) / (2 * c)
          const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio))
          const cosine = 1 / Math.sqrt(1 + tangent * tangent)
          const sine = cosine * tangent
          rotate(scaled, k * long, l * long, long, cosine, sine)
          rotate(short, k * size, l * size, size, cosine, sine)
          squares[k] = a - tangent * c
          squares[l] = b + tangent * c
        }
      if (rotated) for (let k = 0; k < size; k++) squares[k] = product(scaled, k * long, scaled, k * long, long)
    }
    let largest = 0
    for (let k = 0; k < size; k++) {
      values[k] = Math.sqrt(squares[k])
      largest = Math.max(largest, values[k])
    }
    return largest
  }

  /** Writes the matrix with the singular vectors of the last one and other singular values, row-major. */
  compose(newValues: Float64Array, out: Float64Array): void {
    const { size, columns, values } = this
    const [long, short, scaled] = [this.#long, this.#short, this.#scaled]
    out.fill(0)
    for (let k = 0; k < size; k++) {
      if (newValues[k] === 0) continue
      const share = newValues[k] / values[k]
      for (let i = 0; i < size; i++) {
        const weight = share * short[k * size + i]
        if (weight === 0) continue
        let to = this.#byRows ? i * columns : i
        const step = this.#byRows ? 1 : columns
        for (let j = 0, at = k * long; j < long; j++, at++, to += step) out[to] += weight * scaled[at]
      }
    }
  }

  /** Writes the k-th left singular vector, of `rows` entries; zeros where values[k] is 0 and the vector unknown. */
  left(k: number, out: Float64Array): void {
    this.#vector(k, this.#byRows, out)
  }

  /** Writes the k-th right singular vector, of `columns` entries. */
  right(k: number, out: Float64Array): void {
    this.#vector(k, !this.#byRows, out)
  }

  #vector(k: number, short: boolean, out: Float64Array): void {
    if (short) for (let i = 0; i < this.size; i++) out[i] = this.#short[k * this.size + i]
    else {
      const length = this.values[k]
      for (let j = 0; j < this.#long; j++) out[j] = length > 0 ? this.#scaled[k * this.#long + j] / length : 0
    }
  }
}

function rotate(x: Float64Array, from: number, other: number, length: number, cosine: number, sine: number): void {
  for (let j = 0; j < length; j++) {
    const a = x[from + j]
    const b = x[other + j]
    x[from + j] = cosine * a - sine * b
    x[other + j] = cosine * b + sine * a
  }
}
