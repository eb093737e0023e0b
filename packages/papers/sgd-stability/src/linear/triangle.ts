import type { MatrixView } from '@opt/core'

/**
 * Symmetric matrices as vectors of their lower triangles, with entries off the diagonal times sqrt(2): inner
 * products are those of the matrices.
 */
export class Triangle {
  readonly side: number
  readonly size: number

  constructor(side: number) {
    this.side = side
    this.size = (side * (side + 1)) / 2
  }

  /** An array of f(j, k), one for each entry of the lower triangle. */
  map(f: (j: number, k: number) => number): Float64Array {
    const out = new Float64Array(this.size)
    for (let j = 0, at = 0; j < this.side; j++) for (let k = 0; k <= j; k++) out[at++] = f(j, k)
    return out
  }

  /** Writes the lower triangle of the matrix of x, with entries off the diagonal twice; times the weights entry by entry. */
  expand(x: Float64Array, weights: Float64Array, M: MatrixView): void {
    const { data, stride } = M
    for (let j = 0, at = 0; j < this.side; j++, at++) {
      const row = j * stride
      for (let k = 0; k < j; k++, at++) data[row + k] = Math.SQRT2 * weights[at] * x[at]
      data[row + j] = weights[at] * x[at]
    }
  }

  /** Writes the vector of M, read from its lower triangle, times the weights entry by entry. */
  collapse(M: MatrixView, weights: Float64Array, out: Float64Array): void {
    const { data, stride } = M
    for (let j = 0, at = 0; j < this.side; j++, at++) {
      const row = j * stride
      for (let k = 0; k < j; k++, at++) out[at] = Math.SQRT2 * weights[at] * data[row + k]
      out[at] = weights[at] * data[row + j]
    }
  }
}
