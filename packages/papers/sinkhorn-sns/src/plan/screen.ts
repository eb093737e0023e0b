import type { CSR } from '@opt/core'
import { exp, log } from '@opt/core'
import type { PlanKernels } from '../kernels.ts'
import type { ScaledPlan } from './scaled-plan.ts'

/**
 * A plan of which only the kept entries follow the potentials, as in sparse stabilised scaling (Schmitzer, SIAM Journal on
 * Scientific Computing 41, 2019). The others stay in the marginals with the sums that they had; `unseen` bounds what
 * that hides.
 */
export class Screen {
  readonly #plan: ScaledPlan
  readonly #kernels: PlanKernels
  readonly kept: CSR
  /** Row and column sums of the entries that are left out, and the potentials for which they hold. */
  readonly #restOfRows: Float64Array
  readonly #restOfColumns: Float64Array
  readonly #F: Float64Array
  readonly #G: Float64Array

  /** @param kept entries of P, which stands at the plan's potentials. */
  constructor(plan: ScaledPlan, kernels: PlanKernels, kept: CSR) {
    this.#plan = plan
    this.#kernels = kernels
    this.kept = kept
    const { F, G, r, c } = plan.views
    this.#F = F.slice()
    this.#G = G.slice()
    const { indptr, indices, values } = kept
    this.#restOfRows = r.slice()
    this.#restOfColumns = c.slice()
    for (let i = 0; i < r.length; i++)
      for (let k = indptr[i]; k < indptr[i + 1]; k++) {
        this.#restOfRows[i] -= values[k]
        this.#restOfColumns[indices[k]] -= values[k]
      }
  }

  /** Computes the kept entries and the marginals at potentials. */
  gibbs(F: Float64Array, G: Float64Array): void {
    const { C, r, c } = this.#plan.views
    const { indptr, indices, values } = this.kept
    c.set(this.#restOfColumns)
    this.#kernels.gibbsKept(r.length, indptr, indices, C.data, C.stride, F, G, this.#plan.epsilon, values, r, c)
    for (let i = 0; i < r.length; i++) r[i] += this.#restOfRows[i]
  }

  /** Scales the rows to their marginal, then the columns. Returns the error that is left, as far as it is seen. */
  balance(): number {
    const { a, b, r, c, u, v, F, G } = this.#plan.views
    const { indptr, indices, values } = this.kept
    const { epsilon } = this.#plan
    for (let i = 0; i < r.length; i++) u[i] = a[i] / r[i]
    v.set(this.#restOfColumns)
    this.#kernels.spmvT(r.length, indptr, indices, values, u, v)
    for (let j = 0; j < c.length; j++) v[j] = b[j] / v[j]
    for (let i = 0; i < r.length; i++) F[i] += epsilon * log(u[i])
    for (let j = 0; j < c.length; j++) G[j] += epsilon * log(v[j])
    c.set(this.#restOfColumns)
    this.#kernels.rescaleKept(r.length, indptr, indices, values, u, v, r, c)
    for (let i = 0; i < r.length; i++) r[i] += this.#restOfRows[i]
    return this.#plan.error()
  }

  /**
   * Bounds the L1 error of the marginals that comes from entries left out, when the potentials are F and G: an entry
   * grows by at most exp of how far its row and the farthest column have moved.
   */
  unseen(F: Float64Array, G: Float64Array): number {
    const { epsilon } = this.#plan
    const [rows, columns] = [moved(F, this.#F, epsilon), moved(G, this.#G, epsilon)]
    return grown(this.#restOfRows, rows, columns) + grown(this.#restOfColumns, columns, rows)
  }
}

/** Moves of potentials, in units of epsilon. */
function moved(to: Float64Array, from: Float64Array, epsilon: number): Float64Array {
  const moves = new Float64Array(to.length)
  for (let i = 0; i < to.length; i++) moves[i] = (to[i] - from[i]) / epsilon
  return moves
}

function grown(rest: Float64Array, own: Float64Array, others: Float64Array): number {
  let [low, high] = [Infinity, -Infinity]
  for (const move of others) {
    if (move < low) low = move
    if (move > high) high = move
  }
  let sum = 0
  for (let i = 0; i < rest.length; i++) {
    const farthest = Math.max(own[i] + high, -(own[i] + low))
    sum += Math.max(0, rest[i]) * (exp(Math.max(0, farthest)) - 1)
  }
  return sum
}
