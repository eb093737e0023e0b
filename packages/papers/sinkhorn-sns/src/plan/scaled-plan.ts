import { exp, type Kernels, log, type Views } from '@opt/core'
import { type Problem, writeCost } from '../problem/problem.ts'
import type { Plan } from './sparsify.ts'
import type { PlanReadout } from './transport-plan.ts'

/** Sums beyond these mean that a whole row or column of exponentials under- or overflowed. */
const SMALL = 1e-200
const LARGE = 1e200

type Vectors<Names extends string> = Record<Names, Float64Array>

/** The arrays of a {@link ScaledPlan}: two n x m matrices and a few vectors. */
export type PlanViews = { stride: number } & Vectors<
  'C' | 'data' | 'scratch' | 'a' | 'r' | 'F' | 'trialF' | 'u' | 'b' | 'c' | 'G' | 'trialG' | 'v' | 'z'
>

/** Takes the arrays of a {@link ScaledPlan} from a workspace. */
export function planViews(n: number, m: number, views: Views): PlanViews {
  const [cost, plan] = [views.matrix(n, m), views.matrix(n, m)]
  return {
    ...{ C: cost.data, data: plan.data, stride: cost.stride, scratch: views.f64(2 * m) },
    ...{ a: views.f64(n), r: views.f64(n), F: views.f64(n), trialF: views.f64(n), u: views.f64(n) },
    ...{ b: views.f64(m), c: views.f64(m), G: views.f64(m), trialG: views.f64(m), v: views.f64(m), z: views.f64(m) },
  }
}

/**
 * The state that Newton and Sinkhorn share: the plan P = exp((F + G - C) / epsilon) in memory with its marginals r = P1
 * and c = P'1, and scalings u, v that stand for diag(u) P diag(v) until they are absorbed.
 *
 * F = f + epsilon log a and G = g + epsilon log b, where f and g are the potentials a user sees.
 */
export class ScaledPlan implements Plan {
  readonly rows: number
  readonly columns: number
  readonly stride: number
  readonly kernels: Kernels
  readonly C: Float64Array
  readonly data: Float64Array
  readonly a: Float64Array
  readonly b: Float64Array
  readonly r: Float64Array
  readonly c: Float64Array
  F: Float64Array
  G: Float64Array
  epsilon = 1
  readonly #logA: Float64Array
  readonly #logB: Float64Array
  readonly #u: Float64Array
  readonly #v: Float64Array
  readonly #z: Float64Array
  readonly #scratch: Float64Array
  #trialF: Float64Array
  #trialG: Float64Array
  #scaled = false

  constructor(problem: Problem, views: PlanViews, kernels: Kernels) {
    this.rows = problem.a.length
    this.columns = problem.b.length
    this.kernels = kernels
    ;({ C: this.C, data: this.data, stride: this.stride, scratch: this.#scratch } = views)
    ;({ a: this.a, r: this.r, F: this.F, trialF: this.#trialF, u: this.#u } = views)
    ;({ b: this.b, c: this.c, G: this.G, trialG: this.#trialG, v: this.#v, z: this.#z } = views)
    writeCost(problem, this.C, this.stride)
    this.a.set(problem.a)
    this.b.set(problem.b)
    this.#logA = problem.a.map(log)
    this.#logB = problem.b.map(log)
  }

  /** Takes potentials f and g of the working problem at a level of regularisation. */
  setPotentials({ f, g }: { f: Float64Array; g: Float64Array }, epsilon: number): void {
    for (let i = 0; i < this.rows; i++) this.F[i] = f[i] + epsilon * this.#logA[i]
    for (let j = 0; j < this.columns; j++) this.G[j] = g[j] + epsilon * this.#logB[j]
    this.epsilon = epsilon
  }

  /** f and g, copied. */
  potentials(): { f: Float64Array; g: Float64Array } {
    return {
      f: Float64Array.from(this.#logA, (l, i) => this.F[i] - this.epsilon * l),
      g: Float64Array.from(this.#logB, (l, j) => this.G[j] - this.epsilon * l),
    }
  }

  /** Computes P at the present potentials; a row or column that underflowed is first set by a soft-min in the log domain. */
  evaluate(): void {
    this.#gibbs(this.F, this.G)
    if (this.r.some(unsafe)) {
      const lse = this.#u
      this.kernels.rowLse(this.rows, this.columns, this.C, this.stride, this.G, this.epsilon, lse, this.#scratch)
      for (let i = 0; i < this.rows; i++) this.F[i] = this.epsilon * (this.#logA[i] - lse[i])
      this.#gibbs(this.F, this.G)
    }
    if (this.c.some(unsafe)) {
      const lse = this.#v
      this.kernels.colLse(this.rows, this.columns, this.C, this.stride, this.F, this.epsilon, lse, this.#scratch)
      for (let j = 0; j < this.columns; j++) this.G[j] = this.epsilon * (this.#logB[j] - lse[j])
      this.#gibbs(this.F, this.G)
    }
  }

  #gibbs(F: Float64Array, G: Float64Array): void {
    const { rows, columns, C, stride, data, r, c, kernels } = this
    kernels.gibbsMarginals(rows, columns, C, stride, F, G, this.epsilon, data, stride, r, c)
    this.#scaled = false
  }

  /** L1 error of both marginals. */
  error(): number {
    let sum = 0
    for (let i = 0; i < this.rows; i++) sum += Math.abs(this.a[i] - this.r[i])
    for (let j = 0; j < this.columns; j++) sum += Math.abs(this.b[j] - this.c[j])
    return sum
  }

  /**
   * One Sinkhorn iteration on the scalings: columns by the last sums, then rows; one read of P and no exponential.
   * Returns the L1 error of the column marginal (the rows are exact).
   */
  sinkhorn(): number {
    return this.relaxed(1)
  }

  /** {@link sinkhorn}, w times as far in the logarithm of each scaling; when w is not 1, the rows' error is counted too. */
  relaxed(w: number): number {
    const { rows, columns, data, stride, a, b, kernels } = this
    const [u, v, z] = [this.#u, this.#v, this.#z]
    const before = w === 1 || !this.#scaled ? null : u.slice()
    if (!this.#scaled) v.fill(1)
    else for (let j = 0; j < columns; j++) v[j] *= power(b[j] / (v[j] * z[j]), w)
    kernels.scale2(rows, columns, data, stride, a, v, u, z)
    this.#scaled = true
    let error = 0
    if (before) {
      for (let i = 0; i < rows; i++) {
        const over = power(u[i] / before[i], w - 1)
        u[i] *= over
        error += a[i] * Math.abs(over - 1)
      }
      z.fill(0)
      kernels.gemvT(rows, columns, data, stride, u, z)
    }
    for (let j = 0; j < columns; j++) error += Math.abs(v[j] * z[j] - b[j])
    return error
  }

  /** The dual's value at the scalings, up to a constant and in units of epsilon. */
  dual(): number {
    let sum = 0
    for (let i = 0; i < this.rows; i++) sum += this.a[i] * (this.F[i] / this.epsilon + log(this.#u[i]))
    for (let j = 0; j < this.columns; j++)
      sum += this.b[j] * (this.G[j] / this.epsilon + log(this.#v[j])) - this.#v[j] * this.#z[j]
    return sum
  }

  /** Are the scalings so far out that sums with them may lose digits? */
  get strained(): boolean {
    return strains(this.#u) || strains(this.#v)
  }

  /** Multiplies the scalings into P and adds them to the potentials. */
  absorb(): void {
    if (!this.#scaled) return
    const { rows, columns, data, stride, r, c, F, G, epsilon, kernels } = this
    const [u, v] = [this.#u, this.#v]
    for (let i = 0; i < rows; i++) F[i] += epsilon * log(u[i])
    for (let j = 0; j < columns; j++) G[j] += epsilon * log(v[j])
    kernels.rescale(rows, columns, data, stride, u, v, r, c)
    this.#scaled = false
  }

  /** Scales the rows to their marginal, then the columns, once; returns the error that is left. Never lowers the potential. */
  balance(): number {
    const { rows, columns, data, stride, a, b, kernels } = this
    const [u, v, z] = [this.#u, this.#v, this.#z]
    v.fill(1)
    kernels.scale2(rows, columns, data, stride, a, v, u, z)
    for (let j = 0; j < columns; j++) v[j] = b[j] / z[j]
    this.#scaled = true
    this.absorb()
    return this.error()
  }

  /** Puts P at (F + alpha dx, G + alpha dy) and leaves the potentials where they are, until {@link accept}. */
  moveTo(alpha: number, dx: Float64Array, dy: Float64Array): void {
    for (let i = 0; i < this.rows; i++) this.#trialF[i] = this.F[i] + alpha * dx[i]
    for (let j = 0; j < this.columns; j++) this.#trialG[j] = this.G[j] + alpha * dy[j]
    this.#gibbs(this.#trialF, this.#trialG)
  }

  /** Makes the potentials that P was moved to the present ones. */
  accept(): void {
    ;[this.F, this.#trialF] = [this.#trialF, this.F]
    ;[this.G, this.#trialG] = [this.#trialG, this.G]
  }

  /** Takes a plan and its potentials as they were worked out elsewhere. */
  place(from: {
    potentials(): { f: Float64Array; g: Float64Array }
    epsilon: number
    writePlan(out: Float64Array): void
  }): void {
    const { rows, columns, data, stride, r, c } = this
    this.setPotentials(from.potentials(), from.epsilon)
    from.writePlan(data)
    this.#u.fill(1)
    this.#v.fill(1)
    this.kernels.rescale(rows, columns, data, stride, this.#u, this.#v, r, c)
    this.#scaled = false
  }

  /** What the answer is made of. */
  read(): PlanReadout {
    return {
      ...this.potentials(),
      r: this.r,
      c: this.c,
      cost: this.cost(),
      writeRow: (i, out) => this.writeRow(i, out),
    }
  }

  cost(): number {
    let sum = 0
    for (let i = 0; i < this.rows; i++)
      sum += this.kernels.dot(this.columns, this.#row(this.C, i), this.#row(this.data, i))
    return sum
  }

  writeRow(i: number, out: Float64Array): void {
    out.set(this.#row(this.data, i))
  }

  #row(matrix: Float64Array, i: number): Float64Array {
    return matrix.subarray(i * this.stride, i * this.stride + this.columns)
  }
}

const power = (x: number, w: number): number => (w === 1 ? x : exp(w * log(x)))

function strains(scalings: Float64Array): boolean {
  for (let k = 0; k < scalings.length; k++) if (!(scalings[k] > 1e-100 && scalings[k] < 1e100)) return true
  return false
}

const unsafe = (sum: number): boolean => !(sum > SMALL && sum < LARGE)
