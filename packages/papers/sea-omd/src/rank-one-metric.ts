import { allocate, gemmScratch, type Kernels, type PaddedMatrix, solveScratch } from '@opt/core'
import { factor } from './factor.ts'
import { inner, LONG, symmetricProduct } from './vectors.ts'

/** Gradients that wait to be added to H together. */
const BLOCK = 32
/** After so many rank-one updates the inverse is made anew from H. */
const REBUILD = 65536
/** So much of the inverse cancels in one update that it is made anew at once: only gradients far longer than G do that. */
const CANCELLATION = 1e6

interface Space {
  /** Lower triangle of H without the gradients that wait. */
  H: PaddedMatrix
  inverse: PaddedMatrix
  waiting: Float64Array
  g: Float64Array
  h: Float64Array
  next: Float64Array
  e: Float64Array
  work: Float64Array
  kernels: Kernels
}

/**
 * H = h0 I + k sum g g' and its inverse.
 *
 * The inverse takes a rank-one update (Sherman and Morrison) in the same pass in which it multiplies the next gradient, so it is
 * read and written once a round; H itself is only brought up to date when somebody asks for it, 32 gradients at a time.
 */
export class RankOneMetric {
  readonly #k: number
  readonly #space: Space
  readonly #rows: Float64Array[]
  /** `downdate`: the inverse still lacks -downdate h h'. */
  readonly numbers: { downdate: number; waiting: number; updates: number } = { downdate: 0, waiting: 0, updates: 0 }
  readonly arrays: Record<'H' | 'inverse' | 'waiting' | 'h', Float64Array>

  constructor(n: number, h0: number, k: number) {
    this.#k = k
    const space = allocate((ws) => ({
      ...{ H: ws.matrix(n, n), inverse: ws.matrix(n, n), waiting: ws.f64(BLOCK * n) },
      ...{ g: ws.f64(n), h: ws.f64(n), next: ws.f64(n), e: ws.f64(n) },
      work: ws.f64(Math.max(gemmScratch(n, n, BLOCK), solveScratch(n, n))),
    }))
    this.#space = space
    const { H, inverse, waiting, h } = space
    for (let i = 0; i < n; i++) {
      H.data[i * H.stride + i] = h0
      inverse.data[i * inverse.stride + i] = 1 / h0
    }
    this.#rows = Array.from({ length: n }, (_, i) => inverse.data.subarray(i * inverse.stride, i * inverse.stride + n))
    this.arrays = { H: H.data, inverse: inverse.data, waiting, h }
  }

  /** H^-1 g; the array is overwritten by the next call. */
  solve(g: Float64Array): Float64Array {
    const { g: mine, h, next, kernels } = this.#space
    const n = h.length
    const rows = this.#rows
    const c = this.numbers.downdate
    mine.set(g)
    if (n < LONG) this.#solveShort(c)
    else
      for (let i = 0; i < n; i++) {
        const row = rows[i]
        if (c !== 0) kernels.axpy(n, -c * h[i], h, row)
        next[i] = kernels.dot(n, row, mine)
      }
    h.set(next)
    this.numbers.downdate = 0
    return h
  }

  /** The same pass without calls, which cost more than they do on short rows. */
  #solveShort(c: number): void {
    const { inverse, g, h, next } = this.#space
    const { data, stride } = inverse
    const n = h.length
    for (let i = 0; i < n; i++) {
      const step = c * h[i]
      let sum = 0
      for (let j = 0, k = i * stride; j < n; j++, k++) {
        const entry = data[k] - step * h[j]
        data[k] = entry
        sum += entry * g[j]
      }
      next[i] = sum
    }
  }

  /** H += k g g' with the g of the last solve. Returns s such that the new H^-1 g is s times the old. */
  add(): number {
    const { waiting, g, h } = this.#space
    const s = this.numbers
    const growth = this.#k * Math.max(0, inner(g, h))
    const scale = 1 / (1 + growth)
    waiting.set(g, s.waiting * g.length)
    s.waiting++
    s.downdate = this.#k * scale
    s.updates++
    if (s.waiting === BLOCK) this.#settle()
    if (s.updates % REBUILD === 0 || growth > CANCELLATION) this.#rebuild()
    return scale
  }

  /** H, in the lower triangle. */
  matrix(): PaddedMatrix {
    this.#settle()
    return this.#space.H
  }

  /** H, row-major and whole: a copy. */
  full(): Float64Array {
    const { data, stride } = this.matrix()
    const n = this.#rows.length
    const at = (i: number, j: number) => data[Math.max(i, j) * stride + Math.min(i, j)]
    return Float64Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n))
  }

  /** ||x - y||_H^2. */
  squaredDistance(x: Float64Array, y: Float64Array): number {
    const { e, next } = this.#space
    const { data, stride } = this.matrix()
    for (let i = 0; i < e.length; i++) e[i] = x[i] - y[i]
    symmetricProduct(data, stride, e, next)
    return inner(e, next)
  }

  #settle(): void {
    const { H, waiting, h, work, kernels } = this.#space
    const n = h.length
    const { waiting: rank } = this.numbers
    if (rank > 0) kernels.syrk(n, rank, this.#k, waiting, 1, n, H.data, H.stride, work)
    this.numbers.waiting = 0
  }

  /** Rounding adds up in the inverse, not in H. */
  #rebuild(): void {
    this.#settle()
    const { H, inverse, h, work, kernels } = this.#space
    const n = h.length
    const L = H.data.slice()
    // The factor goes where the inverse was; the identity, solved against it, becomes the inverse.
    factor(kernels, n, L, H.stride, 0, inverse, work)
    H.data.fill(0)
    for (let i = 0; i < n; i++) H.data[i * H.stride + i] = 1
    kernels.trsm(n, n, inverse.data, inverse.stride, H.data, H.stride, work)
    kernels.trsmT(n, n, inverse.data, inverse.stride, H.data, H.stride, work)
    inverse.data.set(H.data)
    H.data.set(L)
    this.numbers.downdate = 0
  }
}
