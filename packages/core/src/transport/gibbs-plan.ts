import { log } from '../kernels/exp-log.ts'
import type { TransportKernels } from './kernels.ts'
import type { GibbsViews } from './views.ts'

/** Dual potentials f and g of the plan P_ij = a_i b_j exp((f_i + g_j - C_ij) / epsilon). */
export interface GibbsPotentials {
  f: Float64Array
  g: Float64Array
}

/** What {@link GibbsPlan.solve} did. */
export interface Balanced {
  /** L1 error of both marginals of P. */
  error: number
  iterations: number
}

/** Sums beyond these mean that a whole row or column of exponentials under- or overflowed. */
const SMALL = 1e-200
const LARGE = 1e200

/**
 * The entropic transport plan P = exp((F + G - C) / epsilon) in memory with its marginals r = P1 and c = P'1, and
 * scalings u, v that stand for diag(u) P diag(v) until they are absorbed into the potentials (Schmitzer, SIAM Journal on
 * Scientific Computing 41, 2019). An iteration costs two products with P; exponentials are computed by
 * {@link GibbsPlan.evaluate} alone. Potentials of a similar problem are a warm start: P is then nearly the answer.
 *
 * The caller writes the cost to `views.C`, before `evaluate`.
 */
export class GibbsPlan<V extends GibbsViews = GibbsViews> {
  readonly rows: number
  readonly columns: number
  readonly views: V
  readonly kernels: TransportKernels
  epsilon = 1
  /** Whether u and v are not yet absorbed. */
  protected scaled = false
  readonly #logA: Float64Array
  readonly #logB: Float64Array

  /**
   * @param views the arrays, by {@link gibbsViews}.
   * @param kernels those of {@link transportKernels}, allocated with the arrays.
   * @param a n positive masses.
   * @param b m positive masses.
   */
  constructor(views: V, kernels: TransportKernels, a: Float64Array, b: Float64Array) {
    this.rows = a.length
    this.columns = b.length
    this.views = views
    this.kernels = kernels
    views.a.set(a)
    views.b.set(b)
    this.#logA = a.map(log)
    this.#logB = b.map(log)
  }

  /** Sets potentials f and g at a level of regularisation. */
  setPotentials({ f, g }: GibbsPotentials, epsilon: number): void {
    const { F, G } = this.views
    for (let i = 0; i < this.rows; i++) F[i] = f[i] + epsilon * this.#logA[i]
    for (let j = 0; j < this.columns; j++) G[j] = g[j] + epsilon * this.#logB[j]
    this.epsilon = epsilon
  }

  /** Copies of f and g. */
  potentials(): GibbsPotentials {
    const { F, G } = this.views
    const [f, g] = [new Float64Array(this.rows), new Float64Array(this.columns)]
    for (let i = 0; i < f.length; i++) f[i] = F[i] - this.epsilon * this.#logA[i]
    for (let j = 0; j < g.length; j++) g[j] = G[j] - this.epsilon * this.#logB[j]
    return { f, g }
  }

  /**
   * Computes P at the present potentials; a row or column that underflowed is first set by a soft-min in the log
   * domain.
   */
  evaluate(): void {
    const { r, c, F, G } = this.views
    this.gibbs(F, G)
    if (r.some(unsafe)) {
      this.softRows()
      this.gibbs(F, G)
    }
    if (c.some(unsafe)) {
      this.softColumns()
      this.gibbs(F, G)
    }
  }

  /** Computes P and its marginals at other potentials. */
  protected gibbs(F: Float64Array, G: Float64Array): void {
    const { C, P, r, c } = this.views
    this.kernels.gibbsMarginals(C, F, G, this.epsilon, P, r, c)
    this.scaled = false
  }

  /** F = the soft-min of C - G over the columns, in the log domain: half a Sinkhorn iteration that no start can spoil. */
  softRows(): void {
    const { C, F, G, u, scratch } = this.views
    this.kernels.rowLse(C, G, this.epsilon, u, scratch)
    for (let i = 0; i < this.rows; i++) F[i] = this.epsilon * (this.#logA[i] - u[i])
  }

  /** G = the soft-min of C - F over the rows, in the log domain. */
  softColumns(): void {
    const { C, F, G, v, scratch } = this.views
    this.kernels.colLse(C, F, this.epsilon, v, scratch)
    for (let j = 0; j < this.columns; j++) G[j] = this.epsilon * (this.#logB[j] - v[j])
  }

  /** L1 error of both marginals. */
  error(): number {
    const { a, b, r, c } = this.views
    let sum = 0
    for (let i = 0; i < this.rows; i++) sum += Math.abs(a[i] - r[i])
    for (let j = 0; j < this.columns; j++) sum += Math.abs(b[j] - c[j])
    return sum
  }

  /**
   * Runs one Sinkhorn iteration on the scalings: columns by the last sums, then rows; one read of P and no exponential.
   * Returns the L1 error of the column marginal (the rows are exact).
   */
  sinkhorn(): number {
    const { P, a, b, u, v, z } = this.views
    if (!this.scaled) v.fill(1)
    else for (let j = 0; j < this.columns; j++) v[j] *= b[j] / (v[j] * z[j])
    this.kernels.scale2(P, a, v, u, z)
    this.scaled = true
    let error = 0
    for (let j = 0; j < this.columns; j++) error += Math.abs(v[j] * z[j] - b[j])
    return error
  }

  /**
   * Runs one averaged iteration u = sqrt(u a / (P u)) of a symmetric problem, whose C is symmetric, a = b and F = G
   * (Feydy et al., AISTATS 2019). Returns the L1 error of the marginal before it.
   */
  symmetric(): number {
    const { P, a, u, v, z } = this.views
    if (!this.scaled) u.fill(1)
    this.kernels.gemv(P, u, z)
    this.scaled = true
    let error = 0
    for (let i = 0; i < this.rows; i++) {
      error += Math.abs(u[i] * z[i] - a[i])
      u[i] = v[i] = Math.sqrt((u[i] * a[i]) / z[i])
    }
    return error
  }

  /** Whether the scalings are so far out that sums with them may lose digits. */
  get strained(): boolean {
    return strains(this.views.u) || strains(this.views.v)
  }

  /** Multiplies the scalings into P and adds them to the potentials. */
  absorb(): void {
    if (!this.scaled) return
    const { P, r, c, F, G, u, v } = this.views
    for (let i = 0; i < this.rows; i++) F[i] += this.epsilon * log(u[i])
    for (let j = 0; j < this.columns; j++) G[j] += this.epsilon * log(v[j])
    this.kernels.rescale(P, u, v, r, c)
    this.scaled = false
  }

  /**
   * Computes P at the present potentials and iterates at the same epsilon until the L1 error of its marginals is at most
   * `tolerance`; the scalings are absorbed at the end. Scalings that leave the range of doubles are absorbed on the way,
   * or replaced by an iteration in the log domain. Ends at once where the error is NaN, as with a cost that is not finite.
   *
   * @param symmetric whether to take {@link symmetric} iterations.
   */
  solve(tolerance: number, maxIterations: number, symmetric = false): Balanced {
    this.evaluate()
    let error = this.error()
    let iterations = 0
    while (error > tolerance && iterations < maxIterations) {
      iterations++
      error = symmetric ? this.symmetric() : this.sinkhorn()
      if (this.strained) {
        this.#recover(symmetric)
        error = this.error()
      } else if (error <= tolerance) {
        // Absorbed, the plan has errors of both marginals and of rounding: the answer is judged by these.
        this.absorb()
        error = this.error()
      }
    }
    this.absorb()
    return { error: this.error(), iterations }
  }

  #recover(symmetric: boolean): void {
    const { F, G, u, v } = this.views
    if (u.every(usable) && v.every(usable)) this.absorb()
    else {
      this.softRows()
      if (symmetric) G.set(F)
      else this.softColumns()
    }
    this.evaluate()
  }
}

function strains(scalings: Float64Array): boolean {
  for (let k = 0; k < scalings.length; k++) if (!(scalings[k] > 1e-100 && scalings[k] < 1e100)) return true
  return false
}

const usable = (scaling: number): boolean => scaling > 0 && scaling < Infinity

const unsafe = (sum: number): boolean => !(sum > SMALL && sum < LARGE)
