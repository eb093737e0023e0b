import { allocate, gemmScratch, matrixKernels, solveScratch, transpose } from '@opt/core'
import { extremeEigen } from '@opt/curvature'

/** Rows that enter the Newton matrix at once. */
const BLOCK = 32
/** Added to the diagonal, relative to its largest entry, where a matrix is singular. */
const RIDGES = [0, 1e-14, 1e-12, 1e-10]

/** The rows a_i of a matrix A, and systems with sums of a_i a_i'. Allocates nothing after it is made. */
export class Rows {
  readonly n: number
  readonly d: number
  readonly #views: ReturnType<typeof viewsFor>
  /** What H is the factor for; metric[0] is NaN where it is none. */
  readonly #metric: Float64Array
  readonly #curvatures: Float64Array

  /** @param rows row-major, n x d. */
  constructor(rows: Float64Array, n: number, d: number) {
    this.n = n
    this.d = d
    this.#views = viewsFor(n, d)
    this.#metric = new Float64Array(d).fill(NaN)
    this.#curvatures = new Float64Array(n)
    const { data, stride } = this.#views.A
    for (let i = 0; i < n; i++) data.set(rows.subarray(i * d, (i + 1) * d), i * stride)
  }

  /** Returns A u: a view that the next call overwrites. */
  times(u: Float64Array): Float64Array {
    const { A, u: own, Au, kernels } = this.#views
    own.set(u)
    kernels.gemv(A, own, Au)
    return Au
  }

  /** Returns A'v: a view that the next call overwrites. */
  transposed(v: Float64Array): Float64Array {
    const { A, v: own, Atv, kernels } = this.#views
    own.set(v)
    Atv.fill(0)
    kernels.gemvT(A, own, Atv)
    return Atv
  }

  /**
   * Factorises diag(metric) + sum_i curvatures_i a_i a_i', unless it did so last; returns false where rounding
   * forbids it.
   */
  factor(metric: Float64Array, curvatures: Float64Array): boolean {
    if (equal(metric, this.#metric) && equal(curvatures, this.#curvatures)) return true
    this.#metric.set(metric)
    this.#curvatures.set(curvatures)
    // A bias without a penalty has no curvature where no row has any.
    for (const ridge of RIDGES) if (this.#factorise(ridge)) return true
    this.#metric.fill(NaN)
    return false
  }

  /** Solves the system of the last {@link factor} in place. */
  solve(x: Float64Array): void {
    const { H, solution, kernels } = this.#views
    solution.set(x)
    kernels.trsv(H, solution)
    kernels.trsvT(H, solution)
    x.set(solution)
  }

  /** Returns the largest eigenvalue of A'A. */
  squaredNorm(): number {
    const apply = (v: Float64Array, out: Float64Array) => out.set(this.transposed(this.times(v)))
    return extremeEigen({ rows: this.d, columns: this.d, apply }, { tolerance: 1e-12, history: false }).values[0]
  }

  #factorise(ridge: number): boolean {
    const { A, H, block, blockT, work, kernels } = this.#views
    const { d, n } = this
    H.data.fill(0)
    let filled = 0
    for (let i = 0; i < n; i++) {
      const curvature = this.#curvatures[i]
      if (curvature > 0) {
        const root = curvature === 1 ? 1 : Math.sqrt(curvature)
        for (let j = 0; j < d; j++) block.data[filled * d + j] = root * A.data[i * A.stride + j]
        filled++
      }
      if (filled === 0 || (filled < BLOCK && i < n - 1)) continue
      block.data.fill(0, filled * d)
      kernels.syrk(1, blockT, H, work)
      filled = 0
    }
    let most = 0
    for (let j = 0; j < d; j++) {
      H.data[j * H.stride + j] += this.#metric[j]
      most = Math.max(most, H.data[j * H.stride + j])
    }
    for (let j = 0; j < d; j++) H.data[j * H.stride + j] += ridge * (most || 1)
    return kernels.potrf(H, work) === 0
  }
}

function equal(x: Float64Array, y: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false
  return true
}

const viewsFor = (n: number, d: number) => {
  const views = allocate([matrixKernels], (layout) => ({
    A: layout.matrix(n, d),
    H: layout.matrix(d, d),
    block: { data: layout.f64(BLOCK * d), rows: BLOCK, columns: d, stride: d },
    u: layout.f64(d),
    v: layout.f64(n),
    Au: layout.f64(n),
    Atv: layout.f64(d),
    solution: layout.f64(d),
    work: layout.f64(Math.max(gemmScratch(d, d, BLOCK), solveScratch(d, d))),
  }))
  return { ...views, blockT: transpose(views.block) }
}
