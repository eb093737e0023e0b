import { allocate, gemmScratch, type MatrixKernels, matrixKernels, transpose } from '@opt/core'
import { addRow, inner, LONG, multiplyTriangle, solveTriangle, type Triangle } from '@opt/sets/parts'

/** The result of {@link RankOneMetric.add}; the next call overwrites it. */
interface Added {
  /** The new H^-1 g. */
  h: Float64Array
  /** The old H^-1 g. */
  before: Float64Array
  /** g'H^-1 g with the new H. */
  square: number
}

/**
 * H = root^2 I + k sum g g', as the triangle L of H = L'L: each gradient is one more row, rotated in. So H stays
 * positive definite to working precision, however the gradients grow, shrink or line up.
 */
export class RankOneMetric {
  readonly #root: number
  readonly #scale: number
  readonly #kernels: MatrixKernels
  readonly #row: Float64Array
  readonly #added: Added
  /** L. */
  triangle: Triangle
  /** L before the last gradient. */
  before: Triangle

  constructor(n: number, root: number, k: number) {
    this.#root = root
    this.#scale = Math.sqrt(k)
    const { L, last, row, h, kernels } = allocate([matrixKernels], (views) => ({
      L: views.matrix(n, n),
      last: views.matrix(n, n),
      row: views.f64(n),
      h: views.f64(n),
    }))
    this.#kernels = kernels
    this.#row = row
    this.#added = { h, before: new Float64Array(n), square: 0 }
    for (let i = 0; i < n; i++) L.data[i * L.stride + i] = root
    this.triangle = L
    this.before = last
  }

  /**
   * Adds k g g' to H. The rotations that bring the row w = sqrt(k) g into L turn (0, 1) into (L^-T w, sqrt(1 -
   * w'H^-1 w)), with the new L and H.
   */
  add(g: Float64Array): Added {
    const { triangle, before } = this
    const scale = this.#scale
    const added = this.#added
    const { h } = added
    for (let i = 0; i < g.length; i++) this.#row[i] = scale * g[i]
    h.fill(0)
    const last = addRow(triangle, this.#row, h, 1, before)
    this.triangle = before
    this.before = triangle
    added.square = inner(h, h) / scale / scale
    if (h.length < LONG) solveTriangle(before, h)
    else this.#kernels.trsv(before, h)
    const shrunk = last * last
    for (let i = 0; i < h.length; i++) {
      h[i] /= scale
      added.before[i] = h[i] / shrunk
    }
    return added
  }

  /** Returns H, row-major, as a fresh copy. */
  full(): Float64Array {
    const n = this.#row.length
    const { L, H, work, kernels } = allocate([matrixKernels], (views) => ({
      L: views.matrix(n, n),
      H: views.matrix(n, n),
      work: views.f64(gemmScratch(n, n, n)),
    }))
    L.data.set(this.triangle.data)
    kernels.syrk(1, transpose(L), H, work)
    return Float64Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n]
      return H.data[Math.max(i, j) * H.stride + Math.min(i, j)]
    })
  }

  /** ||x - y||_H^2, for this H or that before the last gradient. */
  squaredDistance(x: Float64Array, y: Float64Array, triangle: Triangle = this.triangle): number {
    const e = this.#row
    for (let i = 0; i < e.length; i++) e[i] = x[i] - y[i]
    multiplyTriangle(triangle, e)
    return inner(e, e)
  }

  /**
   * Checks saved data of {@link triangle} after `count` gradients no longer than `longest`.
   *
   * @returns what they should be; undefined when they are possible.
   */
  faultOf(values: Float64Array, count: number, longest: number): string | undefined {
    const { stride } = this.triangle
    // H is at least root^2 I, and of no more than what the longest gradients make.
    const least = this.#root * (1 - 1e-6)
    const most = 2 * (this.#root + this.#scale * longest * Math.sqrt(count))
    const isPossible = (v: number, k: number) => {
      const [i, j] = [Math.floor(k / stride), k % stride]
      return j > i ? v === 0 : Math.abs(v) <= most && (j < i || v >= least)
    }
    return values.every(isPossible) ? undefined : `a triangle of a metric of at least ${this.#root * this.#root} I`
  }
}
