import { exp, log, type MatrixView } from '@opt/core'
import { GibbsPlan, type TransportKernels } from '@opt/core/transport'
import type { Problem } from '../problem/problem.ts'
import type { PlanViews } from './plan-views.ts'
import type { PlanReadout, WorkingPotentials } from './transport-plan.ts'

/** The state that Newton and Sinkhorn share: the plan of the working problem in memory, with its scalings. */
export class ScaledPlan extends GibbsPlan<PlanViews> {
  constructor(problem: Problem, views: PlanViews, kernels: TransportKernels) {
    super(views, kernels, problem.a, problem.b)
    problem.writeCost(views.C.data, views.C.stride)
  }

  /**
   * {@link sinkhorn}, w times as far in the logarithm of each scaling; when w is not 1, the rows' error is counted
   * too.
   */
  relaxed(w: number): number {
    if (w === 1 || !this.scaled) return this.sinkhorn()
    const { P, a, b, u, v, z } = this.views
    const before = u.slice()
    for (let j = 0; j < this.columns; j++) v[j] *= power(b[j] / (v[j] * z[j]), w)
    this.kernels.scale2(P, a, v, u, z)
    let error = 0
    for (let i = 0; i < this.rows; i++) {
      const over = power(u[i] / before[i], w - 1)
      u[i] *= over
      error += a[i] * Math.abs(over - 1)
    }
    z.fill(0)
    this.kernels.gemvT(P, u, z)
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

  /**
   * Scales the rows to their marginal, unless they are, then the columns, once; returns the error that is left. Never
   * lowers the potential.
   */
  balance(): number {
    const { P, a, b, u, v, z } = this.views
    if (!this.scaled) {
      v.fill(1)
      this.kernels.scale2(P, a, v, u, z)
    }
    for (let j = 0; j < this.columns; j++) v[j] = b[j] / z[j]
    this.scaled = true
    this.absorb()
    return this.error()
  }

  override setPotentials(potentials: WorkingPotentials, epsilon: number): void {
    super.setPotentials(potentials, epsilon)
    this.scaled = false
  }

  /** Copies of f and g, with the scalings. */
  override potentials(): WorkingPotentials {
    const { u, v } = this.views
    const { f, g } = super.potentials()
    if (this.scaled) {
      for (let i = 0; i < f.length; i++) f[i] += this.epsilon * log(u[i])
      for (let j = 0; j < g.length; j++) g[j] += this.epsilon * log(v[j])
    }
    return { f, g }
  }

  /** Sets the trial potentials to (F + alpha dx, G + alpha dy). */
  protected aim(alpha: number, dx: Float64Array, dy: Float64Array): void {
    const { F, G, trialF, trialG } = this.views
    for (let i = 0; i < this.rows; i++) trialF[i] = F[i] + alpha * dx[i]
    for (let j = 0; j < this.columns; j++) trialG[j] = G[j] + alpha * dy[j]
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
    this.scaled = false
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

const power = (x: number, w: number): number => exp(w * log(x))
