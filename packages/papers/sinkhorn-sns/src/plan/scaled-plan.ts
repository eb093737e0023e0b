import { exp, log, type MatrixView } from '@opt/core'
import type { PlanKernels } from '../kernels/plan-kernels.ts'
import type { Problem } from '../problem/problem.ts'
import type { PlanViews } from './plan-views.ts'
import type { PlanReadout, WorkingPotentials } from './transport-plan.ts'

/** Sums beyond these mean that a whole row or column of exponentials under- or overflowed. */
const SMALL = 1e-200
const LARGE = 1e200

/**
 * The state that Newton and Sinkhorn share: the plan P = exp((F + G - C) / epsilon) in memory with its marginals r = P1
 * and c = P'1, and scalings u, v that stand for diag(u) P diag(v) until they are absorbed.
 */
export class ScaledPlan {
  readonly rows: number
  readonly columns: number
  readonly views: PlanViews
  readonly kernels: PlanKernels
  epsilon = 1
  readonly #logA: Float64Array
  readonly #logB: Float64Array
  #scaled = false

  constructor(problem: Problem, views: PlanViews, kernels: PlanKernels) {
    this.rows = problem.a.length
    this.columns = problem.b.length
    this.views = views
    this.kernels = kernels
    problem.writeCost(views.C.data, views.C.stride)
    views.a.set(problem.a)
    views.b.set(problem.b)
    this.#logA = problem.logA
    this.#logB = problem.logB
  }

  /** Sets potentials f and g of the working problem at a level of regularisation. */
  setPotentials({ f, g }: WorkingPotentials, epsilon: number): void {
    const { F, G } = this.views
    for (let i = 0; i < this.rows; i++) F[i] = f[i] + epsilon * this.#logA[i]
    for (let j = 0; j < this.columns; j++) G[j] = g[j] + epsilon * this.#logB[j]
    this.epsilon = epsilon
  }

  /** Copies of f and g. */
  potentials(): WorkingPotentials {
    const { F, G } = this.views
    return {
      f: Float64Array.from(this.#logA, (l, i) => F[i] - this.epsilon * l),
      g: Float64Array.from(this.#logB, (l, j) => G[j] - this.epsilon * l),
    }
  }

  /**
   * Computes P at the present potentials; a row or column that underflowed is first set by a soft-min in the log
   * domain.
   */
  evaluate(): void {
    const { C, r, c, F, G, u, v, scratch } = this.views
    this.#gibbs(F, G)
    if (r.some(unsafe)) {
      this.kernels.rowLse(C, G, this.epsilon, u, scratch)
      for (let i = 0; i < this.rows; i++) F[i] = this.epsilon * (this.#logA[i] - u[i])
      this.#gibbs(F, G)
    }
    if (c.some(unsafe)) {
      this.kernels.colLse(C, F, this.epsilon, v, scratch)
      for (let j = 0; j < this.columns; j++) G[j] = this.epsilon * (this.#logB[j] - v[j])
      this.#gibbs(F, G)
    }
  }

  #gibbs(F: Float64Array, G: Float64Array): void {
    const { C, P, r, c } = this.views
    this.kernels.gibbsMarginals(C, F, G, this.epsilon, P, r, c)
    this.#scaled = false
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
    return this.relaxed(1)
  }

  /**
   * {@link sinkhorn}, w times as far in the logarithm of each scaling; when w is not 1, the rows' error is counted
   * too.
   */
  relaxed(w: number): number {
    const { P, a, b, u, v, z } = this.views
    const before = w === 1 || !this.#scaled ? null : u.slice()
    if (!this.#scaled) v.fill(1)
    else for (let j = 0; j < this.columns; j++) v[j] *= power(b[j] / (v[j] * z[j]), w)
    this.kernels.scale2(P, a, v, u, z)
    this.#scaled = true
    let error = 0
    if (before) {
      for (let i = 0; i < this.rows; i++) {
        const over = power(u[i] / before[i], w - 1)
        u[i] *= over
        error += a[i] * Math.abs(over - 1)
      }
      z.fill(0)
      this.kernels.gemvT(P, u, z)
    }
    for (let j = 0; j < this.columns; j++) error += Math.abs(v[j] * z[j] - b[j])
    return error
  }

  /** The value of the dual at the scalings, up to a constant and in units of epsilon. */
  dual(): number {
    const { a, b, F, G, u, v, z } = this.views
    let sum = 0
    for (let i = 0; i < this.rows; i++) sum += a[i] * (F[i] / this.epsilon + log(u[i]))
    for (let j = 0; j < this.columns; j++) sum += b[j] * (G[j] / this.epsilon + log(v[j])) - v[j] * z[j]
    return sum
  }

  /** Whether the scalings are so far out that sums with them may lose digits. */
  get strained(): boolean {
    return strains(this.views.u) || strains(this.views.v)
  }

  /** Multiplies the scalings into P and adds them to the potentials. */
  absorb(): void {
    if (!this.#scaled) return
    const { P, r, c, F, G, u, v } = this.views
    for (let i = 0; i < this.rows; i++) F[i] += this.epsilon * log(u[i])
    for (let j = 0; j < this.columns; j++) G[j] += this.epsilon * log(v[j])
    this.kernels.rescale(P, u, v, r, c)
    this.#scaled = false
  }

  /**
   * Scales the rows to their marginal, then the columns, once; returns the error that is left. Never lowers the
   * potential.
   */
  balance(): number {
    const { P, a, b, u, v, z } = this.views
    v.fill(1)
    this.kernels.scale2(P, a, v, u, z)
    for (let j = 0; j < this.columns; j++) v[j] = b[j] / z[j]
    this.#scaled = true
    this.absorb()
    return this.error()
  }

  /** Puts P at (F + alpha dx, G + alpha dy); the potentials follow with {@link accept}. */
  moveTo(alpha: number, dx: Float64Array, dy: Float64Array): void {
    const { F, G, trialF, trialG } = this.views
    for (let i = 0; i < this.rows; i++) trialF[i] = F[i] + alpha * dx[i]
    for (let j = 0; j < this.columns; j++) trialG[j] = G[j] + alpha * dy[j]
    this.#gibbs(trialF, trialG)
  }

  /** Moves the potentials to where P is. */
  accept(): void {
    const { views } = this
    ;[views.F, views.trialF] = [views.trialF, views.F]
    ;[views.G, views.trialG] = [views.trialG, views.G]
  }

  /** Replaces the plan and its potentials by those computed elsewhere. */
  place(from: { potentials(): WorkingPotentials; epsilon: number; writePlan(out: Float64Array): void }): void {
    const { P, r, c, u, v } = this.views
    this.setPotentials(from.potentials(), from.epsilon)
    from.writePlan(P.data)
    u.fill(1)
    v.fill(1)
    this.kernels.rescale(P, u, v, r, c)
    this.#scaled = false
  }

  read(): PlanReadout {
    const { C, P, r, c } = this.views
    let cost = 0
    for (let i = 0; i < this.rows; i++) cost += this.kernels.dot(this.columns, row(C, i), row(P, i))
    return { ...this.potentials(), r, c, cost, writeRow: (i, out) => out.set(row(P, i)) }
  }
}

const row = ({ data, columns, stride }: MatrixView, i: number): Float64Array =>
  data.subarray(i * stride, i * stride + columns)

const power = (x: number, w: number): number => (w === 1 ? x : exp(w * log(x)))

function strains(scalings: Float64Array): boolean {
  for (let k = 0; k < scalings.length; k++) if (!(scalings[k] > 1e-100 && scalings[k] < 1e100)) return true
  return false
}

const unsafe = (sum: number): boolean => !(sum > SMALL && sum < LARGE)
