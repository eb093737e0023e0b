import { allocate, gemmScratch, type Kernels } from '@opt/core'
import { LONGEST, type Meaning } from '../meaning.ts'
import { addRow, multiplyTriangle, solveTriangle, type Triangle } from './triangle.ts'
import { inner, LONG } from './vectors.ts'

/** What {@link RankOneMetric.add} tells of the gradient and the H it has made. */
interface Added {
  /** H^-1 g, overwritten by the next call. */
  h: Float64Array
  /** g'H^-1 g. */
  square: number
  /** The old H^-1 g is h / left. */
  left: number
}

/**
 * H = root^2 I + k sum g g', as the triangle L of H = L'L: each gradient is one more row, rotated in. So H stays positive definite
 * to working precision, however the gradients grow, shrink or line up.
 */
export class RankOneMetric {
  readonly #scale: number
  readonly #kernels: Kernels
  readonly #row: Float64Array
  readonly #added: Added
  /** L, and that of the round before. */
  triangle: Triangle
  before: Triangle
  readonly numbers: Record<string, number> = {}
  readonly meaning: { triangle: Meaning }

  constructor(n: number, root: number, k: number) {
    this.#scale = Math.sqrt(k)
    const { L, last, row, h, kernels } = allocate((ws) => ({
      ...{ L: ws.matrix(n, n), last: ws.matrix(n, n), row: ws.f64(n), h: ws.f64(n) },
    }))
    this.#kernels = kernels
    this.#row = row
    this.#added = { h, square: 0, left: 1 }
    for (let i = 0; i < n; i++) L.data[i * L.stride + i] = root
    this.triangle = L
    this.before = last
    // H is at least root^2 I, and of no more than what the longest gradients make.
    const least = root * (1 - 1e-6)
    const isMetric = (v: number, k: number, most: number) => {
      const [i, j] = [Math.floor(k / L.stride), k % L.stride]
      return j > i ? v === 0 : Math.abs(v) <= most && (j < i || v >= least)
    }
    this.meaning = {
      triangle: (values, round) => {
        const most = 2 * (root + this.#scale * LONGEST * Math.sqrt(round))
        return values.every((v, k) => isMetric(v, k, most))
          ? undefined
          : `a triangle of a metric of at least ${root * root} I`
      },
    }
  }

  get arrays(): { triangle: Float64Array } {
    return { triangle: this.triangle.data }
  }

  /** H += k g g'. The rotations that take the row w = sqrt(k) g into L take (0, 1) into (L^-T w, sqrt(1 - w'H^-1 w)) with the new L. */
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
    added.left = last * last
    added.square = inner(h, h) / scale / scale
    if (h.length < LONG) solveTriangle(before, h)
    else this.#kernels.trsv(h.length, before.data, before.stride, h)
    for (let i = 0; i < h.length; i++) h[i] /= scale
    return added
  }

  /** H, row-major and whole: a copy. */
  full(): Float64Array {
    const n = this.#row.length
    const { data, stride } = this.triangle
    const { L, H, work, kernels } = allocate((ws) => ({
      ...{ L: ws.f64(data.length), H: ws.f64(n * n), work: ws.f64(gemmScratch(n, n, n)) },
    }))
    L.set(data)
    kernels.syrk(n, n, 1, L, 1, stride, H, n, work)
    return Float64Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n]
      return H[Math.max(i, j) * n + Math.min(i, j)]
    })
  }

  /** ||x - y||_H^2, or in the H of a round before. */
  squaredDistance(x: Float64Array, y: Float64Array, triangle: Triangle = this.triangle): number {
    const e = this.#row
    for (let i = 0; i < e.length; i++) e[i] = x[i] - y[i]
    multiplyTriangle(triangle, e)
    return inner(e, e)
  }
}
