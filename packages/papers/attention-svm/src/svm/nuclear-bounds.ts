import { SingularValues } from '../linear/singular-values.ts'
import { finish, leastNorm } from './least-norm.ts'
import {
  type Bounds,
  inner,
  penalty,
  type Result,
  type SavedArrays,
  type ScaledProblem,
  VIOLATION,
  violation,
} from './problem.ts'
import { Rows } from './rows.ts'

/** Iterates that miss the margins by more than this are not worth a repair. */
const REPAIRABLE = 0.1

/** The best bounds of the nuclear SVM so far, with the W and the multipliers that prove them. */
export class NuclearBounds implements Bounds {
  readonly #problem: ScaledProblem
  readonly #W: Float64Array
  readonly #dual: Float64Array
  /** lower, upper, rank */
  readonly #numbers: Float64Array
  readonly #below: SingularValues
  readonly #above: SingularValues
  readonly #trial: Float64Array
  readonly #adjoint: Float64Array
  readonly #scores: Float64Array
  readonly #multipliers: Float64Array

  constructor(problem: ScaledProblem, start: Float64Array) {
    const { rows } = problem
    this.#problem = problem
    this.#W = start.slice()
    this.#trial = start.slice()
    this.#dual = new Float64Array(rows.m)
    this.#scores = new Float64Array(rows.m)
    this.#multipliers = new Float64Array(rows.m)
    this.#adjoint = new Float64Array(start.length)
    this.#below = new SingularValues(rows.p, rows.q)
    this.#above = new SingularValues(rows.p, rows.q)
    const largest = this.#above.decompose(start)
    rows.apply(start, this.#scores)
    const rank = this.#above.values.filter((value) => value > 1e-10 * largest).length
    this.#numbers = Float64Array.of(0, sum(this.#above.values) + penalty(problem, this.#scores), rank)
  }

  get lower(): number {
    return this.#numbers[0]
  }

  get upper(): number {
    return this.#numbers[1]
  }

  get rank(): number {
    return this.#numbers[2]
  }

  /** Arrays that a saved state holds. */
  get saved(): SavedArrays {
    return {
      best: this.#W,
      dual: this.#dual,
      bounds: this.#numbers,
      below: this.#below.vectors,
      above: this.#above.vectors,
    }
  }

  result(): Result {
    const { lower, upper, rank } = this
    return { feasible: true, W: this.#W, dual: this.#dual, lower, upper, rank }
  }

  /** Multipliers l prove that the norm is at least l'h / |A*(l)|_2; soft: the objective l'h / max(1, |A*(l)|_2). */
  fromBelow(rho: number, y: Float64Array): void {
    const { rows, h, isEquation, C } = this.#problem
    const l = this.#multipliers
    for (let c = 0; c < l.length; c++) l[c] = isEquation?.[c] ? -rho * y[c] : Math.min(C, Math.max(0, -rho * y[c]))
    this.#adjoint.fill(0)
    rows.addAdjoint(l, this.#adjoint)
    const spectral = this.#below.decompose(this.#adjoint)
    const scale = C < Infinity ? Math.max(1, spectral) : spectral
    if (!(scale > 0)) return
    const lower = inner(h, l) / scale
    if (!(lower > this.lower)) return
    this.#numbers[0] = lower
    for (let c = 0; c < l.length; c++) this.#dual[c] = l[c] / scale
  }

  /**
   * An iterate V with the singular values `shrunk` becomes feasible without a larger rank: by a factor where all h > 0,
   * else by the least change U'D in the span of its left singular vectors.
   */
  fromAbove(V: Float64Array, shrunk: Float64Array, rank: number, svd: SingularValues): void {
    const { rows, h, isEquation, C } = this.#problem
    const [scores, W] = [this.#scores, this.#trial]
    rows.apply(V, scores)
    const short = violation(this.#problem, scores)
    W.set(V)
    let length = sum(shrunk)
    if (C === Infinity && !isEquation && h.every((value) => value > 0)) {
      let least = Infinity
      for (let c = 0; c < h.length; c++) least = Math.min(least, scores[c] / h[c])
      if (!(least > 0)) return
      for (let k = 0; k < W.length; k++) W[k] /= least
      length /= least
    } else if (short > 0) {
      if (rank === 0 || short > REPAIRABLE || length >= 2 * this.upper || !this.#repair(W, shrunk, svd)) return
      rows.apply(W, scores)
      if (violation(this.#problem, scores) > VIOLATION) return
      this.#above.decompose(W)
      length = sum(this.#above.values)
    }
    const upper = length + penalty(this.#problem, scores)
    if (!(upper < this.upper)) return
    this.#W.set(W)
    this.#numbers[1] = upper
    this.#numbers[2] = rank
  }

  /** W += U D, D of least Frobenius norm such that all rows that must hold do; false where there is none. */
  #repair(W: Float64Array, shrunk: Float64Array, svd: SingularValues): boolean {
    const { rows, h, isEquation, C } = this.#problem
    const kept = Array.from(shrunk.keys()).filter((k) => shrunk[k] > 0)
    const basis = kept.map((k) => {
      const left = new Float64Array(rows.p)
      svd.left(k, left)
      return left
    })
    const deltas = new Float64Array(rows.m * kept.length)
    for (let c = 0; c < rows.m; c++)
      for (let k = 0; k < kept.length; k++) deltas[c * kept.length + k] = rows.score(c, basis[k])
    const small = new Rows(kept.length, rows.q, rows.starts, deltas, rows.queries)
    const missing = h.map((value, c) => (C < Infinity && !isEquation?.[c] ? -1 : value - this.#scores[c]))
    const { feasible, W: D } = finish(leastNorm(small, missing, isEquation))
    if (!feasible) return false
    for (let k = 0; k < kept.length; k++)
      for (let j = 0; j < rows.p; j++)
        for (let a = 0; a < rows.q; a++) W[j * rows.q + a] += basis[k][j] * D[k * rows.q + a]
    return true
  }
}

function sum(values: Float64Array): number {
  let total = 0
  for (let k = 0; k < values.length; k++) total += values[k]
  return total
}
