import { Cholesky } from '../linear/cholesky.ts'
import type { Rows } from './rows.ts'

/** A slope below this, of rows of norm 1 and right sides up to 1, is none. */
const SLOPE = 1e-13
/** A multiplier that is this much nearer to 1 than its certificate allows proves that no W exists, up to rounding. */
const INFEASIBLE = 1e-9
const REFINEMENTS = 3
/** A residual that needs no further refinement, of right sides up to 1. */
const RESIDUAL = 1e-15

/** The matrix of least Frobenius norm with A(W) >= h, or what proves that there is none. */
export interface LeastNorm {
  feasible: boolean
  /** Optimal W = A*(dual); where infeasible, A*(dual) is next to nothing. */
  W: Float64Array
  /** m multipliers, nonnegative except those of equations. */
  dual: Float64Array
}

/**
 * Finds the matrix of least Frobenius norm with A(W)_c >= h_c, or = h_c, exactly, by an active set: the least-distance
 * form of Lawson and Hanson (1974), min over u >= 0 of u'(G + h h')u / 2 - h'u, which is bounded also where no W exists.
 * W = A*(u) / (1 - h'u).
 *
 * @returns a generator that yields the number of rows in the active set after each change.
 */
export function* leastNorm(
  rows: Rows,
  h: Float64Array,
  isEquation?: Uint8Array,
): Generator<number, LeastNorm, unknown> {
  const set = new ActiveSet(rows, h, isEquation)
  set.enterEquations()
  while (set.enterSteepest()) yield set.size
  return set.answer()
}

/** Runs a generator to its end. */
export function finish<T>(run: Generator<unknown, T, unknown>): T {
  let next = run.next()
  while (!next.done) next = run.next()
  return next.value
}

class ActiveSet {
  readonly #rows: Rows
  /** Right sides of rows divided by their norms, the largest |entry| 1. */
  readonly #k: Float64Array
  readonly #unit: number
  readonly #isEquation: Uint8Array | undefined
  /** Rows that may have a multiplier, in the order of the factor. */
  readonly #passive: number[] = []
  readonly #isOut: Uint8Array
  readonly #factor = new Cholesky()
  readonly #u: Float64Array
  readonly #target: Float64Array
  readonly #slopes: Float64Array
  readonly #weights: Float64Array
  readonly #W: Float64Array
  #changes = 0

  constructor(rows: Rows, h: Float64Array, isEquation?: Uint8Array) {
    const { m } = rows
    this.#rows = rows
    this.#isEquation = isEquation
    this.#u = new Float64Array(m)
    this.#target = new Float64Array(m)
    this.#weights = new Float64Array(m)
    this.#slopes = new Float64Array(m)
    this.#isOut = new Uint8Array(m)
    this.#W = new Float64Array(rows.p * rows.q)
    let unit = 0
    for (let c = 0; c < m; c++) if (rows.norms[c] > 0) unit = Math.max(unit, Math.abs(h[c]) / rows.norms[c])
    this.#unit = unit > 0 ? unit : 1
    this.#k = Float64Array.from(h, (value, c) => (rows.norms[c] > 0 ? value / rows.norms[c] / this.#unit : 0))
    for (let c = 0; c < m; c++) this.#isOut[c] = rows.norms[c] > 0 ? 0 : 1
  }

  get size(): number {
    return this.#passive.length
  }

  enterEquations(): void {
    for (let c = 0; c < this.#rows.m; c++) if (this.#isEquation?.[c] && !this.#isOut[c]) this.#append(c)
    this.#solve()
    for (const c of this.#passive) this.#u[c] = this.#target[c]
  }

  /** Takes in the row of the steepest slope and restores the signs of all multipliers; returns false at the optimum. */
  enterSteepest(): boolean {
    const [u, target, slopes] = [this.#u, this.#target, this.#slopes]
    if (this.#changes++ > 30 * this.#rows.m + 100) return false
    const barred: number[] = []
    let entering = -1
    do {
      let steepest = SLOPE
      entering = -1
      for (let c = 0; c < this.#rows.m; c++)
        if (!this.#isOut[c] && !this.#isEquation?.[c] && slopes[c] > steepest) [steepest, entering] = [slopes[c], c]
      if (entering < 0) return false
      if (!this.#append(entering)) {
        barred.push(entering)
        this.#isOut[entering] = 1
        entering = -1
      }
    } while (entering < 0)
    for (const c of barred) this.#isOut[c] = 0
    for (;;) {
      this.#solve()
      let step = 1
      for (const c of this.#passive)
        if (!this.#isEquation?.[c] && target[c] <= 0) step = Math.min(step, u[c] / (u[c] - target[c]) || 0)
      for (const c of this.#passive) u[c] += step * (target[c] - u[c])
      if (step === 1) return true
      for (let k = this.#passive.length - 1; k >= 0; k--) {
        const c = this.#passive[k]
        if (this.#isEquation?.[c] || target[c] > 0 || u[c] > 1e-15 * Math.abs(target[c])) continue
        u[c] = 0
        this.#passive.splice(k, 1)
        this.#factor.remove(k)
        this.#isOut[c] = 0
      }
    }
  }

  answer(): LeastNorm {
    const rest = 1 - this.#share(this.#u)
    const feasible = rest >= INFEASIBLE
    const scale = feasible ? this.#unit / rest : this.#unit
    const dual = this.#u.map((value, c) => (value === 0 ? 0 : (value * scale) / this.#rows.norms[c]))
    const W = new Float64Array(this.#W.length)
    this.#rows.addAdjoint(dual, W)
    return { feasible, W, dual }
  }

  /** Lets a row have a multiplier; returns false where it depends on those that have one. */
  #append(c: number): boolean {
    const { norms } = this.#rows
    const entries = new Float64Array(this.size + 1)
    for (let k = 0; k < this.size; k++) {
      const b = this.#passive[k]
      entries[k] = this.#rows.gram(c, b) / norms[c] / norms[b] + this.#k[c] * this.#k[b]
    }
    entries[this.size] = 1 + this.#k[c] * this.#k[c]
    if (!this.#factor.append(entries)) return false
    this.#passive.push(c)
    this.#isOut[c] = 1
    return true
  }

  /** Solves (G + k k') target = k on the active set, with refinements, and writes the slopes of all rows there. */
  #solve(): void {
    const [target, slopes] = [this.#target, this.#slopes]
    target.fill(0)
    slopes.set(this.#k)
    const change = new Float64Array(this.size)
    for (let refinement = 0; refinement <= REFINEMENTS; refinement++) {
      let largest = 0
      for (let k = 0; k < this.size; k++) {
        change[k] = slopes[this.#passive[k]]
        largest = Math.max(largest, Math.abs(change[k]))
      }
      if (largest <= RESIDUAL) break
      this.#factor.solve(change)
      for (let k = 0; k < this.size; k++) target[this.#passive[k]] += change[k]
      this.#slopesAt(target)
    }
  }

  /** slopes = k (1 - k'u) - A(A*(u)), of rows of norm 1. */
  #slopesAt(u: Float64Array): void {
    const { m, norms } = this.#rows
    const [weights, slopes, k] = [this.#weights, this.#slopes, this.#k]
    for (let c = 0; c < m; c++) weights[c] = u[c] === 0 ? 0 : u[c] / norms[c]
    this.#W.fill(0)
    this.#rows.addAdjoint(weights, this.#W)
    this.#rows.apply(this.#W, slopes)
    const rest = 1 - this.#share(u)
    for (let c = 0; c < m; c++) slopes[c] = k[c] * rest - (norms[c] > 0 ? slopes[c] / norms[c] : 0)
  }

  /** k'u */
  #share(u: Float64Array): number {
    let sum = 0
    for (const c of this.#passive) sum += this.#k[c] * u[c]
    return sum
  }
}
