import { dot } from '@opt/core'

const EPSILON = 2.220446049250313e-16
/** A pivot below this, relative to its diagonal entry, marks a row that depends on the others. */
const DEPENDENT = 1e-12

/**
 * Finds nearest points of a polyhedron { p : rows_i'p <= h_i, or = h_i }, by the active-set method of Lawson and Hanson
 * (1974) on the multipliers: p - sum_i multipliers_i rows_i. It ends after finitely many steps.
 */
export class NearestPoint {
  readonly #rows: Float64Array[]
  readonly #h: Float64Array
  readonly #equality: readonly boolean[]
  /** K_ij = rows_i'rows_j. */
  readonly #K: Float64Array[]
  readonly #multipliers: Float64Array
  /** Indices of the rows that may have a multiplier. */
  readonly #passive: number[] = []
  readonly #L: Float64Array[]
  readonly #solution: Float64Array
  readonly #excess: Float64Array
  readonly #tolerance: Float64Array

  constructor(rows: Float64Array[], h: Float64Array, equality: readonly boolean[]) {
    const l = rows.length
    this.#rows = rows
    this.#h = h
    this.#equality = equality
    this.#K = rows.map((row) => Float64Array.from(rows, (other) => dot(row, other)))
    this.#L = rows.map((_, i) => new Float64Array(i + 1))
    this.#multipliers = new Float64Array(l)
    this.#solution = new Float64Array(l)
    this.#excess = new Float64Array(l)
    this.#tolerance = new Float64Array(l)
  }

  /** Replaces p by the nearest point; returns false, with p as it was, where no point satisfies all rows. */
  project(p: Float64Array): boolean {
    const l = this.#rows.length
    this.#multipliers.fill(0)
    this.#passive.length = 0
    for (let i = 0; i < l; i++) {
      let [sum, size] = [-this.#h[i], Math.abs(this.#h[i])]
      for (let j = 0; j < p.length; j++) {
        sum += this.#rows[i][j] * p[j]
        size += Math.abs(this.#rows[i][j] * p[j])
      }
      this.#excess[i] = sum
      this.#tolerance[i] = 64 * EPSILON * size
    }
    for (let count = 0; count < 100 * (l + 1); count++) {
      const i = this.#mostViolated()
      if (i < 0) {
        for (const row of this.#passive)
          for (let j = 0; j < p.length; j++) p[j] -= this.#multipliers[row] * this.#rows[row][j]
        return true
      }
      if (!this.#enter(i)) return false
    }
    return false
  }

  /** The row that is broken most for its length, beyond rounding; equations first; -1 where none is. */
  #mostViolated(): number {
    let [worst, most] = [-1, 0]
    for (let i = 0; i < this.#rows.length; i++) {
      if (this.#passive.includes(i)) continue
      let left = this.#excess[i]
      for (const j of this.#passive) left -= this.#K[i][j] * this.#multipliers[j]
      const size = this.#equality[i] ? Math.abs(left) : left
      if (size <= this.#tolerance[i]) continue
      if (this.#equality[i]) return i
      const relative = size / Math.sqrt(this.#K[i][i])
      if (relative > most) [worst, most] = [i, relative]
    }
    return worst
  }

  /** Lets a row have a multiplier and restores the signs of all; returns false where the rows contradict each other. */
  #enter(i: number): boolean {
    const [P, mu, s] = [this.#passive, this.#multipliers, this.#solution]
    P.push(i)
    while (!this.#factor()) {
      // The new row is a combination of others: their multipliers pass to it until one vanishes.
      P.pop()
      for (let k = 0; k < P.length; k++) s[k] = this.#K[P[k]][i]
      this.#solve(P.length)
      let [share, leaving] = [Infinity, -1]
      for (let k = 0; k < P.length; k++) {
        if (this.#equality[P[k]] || !(s[k] > 1e-10)) continue
        if (mu[P[k]] / s[k] < share) [share, leaving] = [mu[P[k]] / s[k], k]
      }
      if (leaving < 0 || this.#equality[i]) return false
      for (let k = 0; k < P.length; k++) mu[P[k]] -= share * s[k]
      mu[i] += share
      mu[P[leaving]] = 0
      P.splice(leaving, 1)
      P.push(i)
    }
    for (;;) {
      for (let k = 0; k < P.length; k++) s[k] = this.#excess[P[k]]
      this.#solve(P.length)
      let share = 1
      for (let k = 0; k < P.length; k++) {
        if (this.#equality[P[k]] || s[k] > 0) continue
        const now = mu[P[k]]
        share = Math.min(share, now === s[k] ? 0 : now / (now - s[k]))
      }
      for (let k = 0; k < P.length; k++) mu[P[k]] += share * (s[k] - mu[P[k]])
      if (share === 1) return true
      for (let k = P.length - 1; k >= 0; k--) {
        if (this.#equality[P[k]] || (mu[P[k]] > 0 && !(s[k] <= 0 && mu[P[k]] <= 1e-15 * Math.abs(s[k])))) continue
        mu[P[k]] = 0
        P.splice(k, 1)
      }
      if (!this.#factor()) return false
    }
  }

  /** Cholesky's factor of K on the passive rows; false where the last of them depends on the others. */
  #factor(): boolean {
    const P = this.#passive
    for (let i = 0; i < P.length; i++)
      for (let j = 0; j <= i; j++) {
        let sum = this.#K[P[i]][P[j]]
        for (let k = 0; k < j; k++) sum -= this.#L[i][k] * this.#L[j][k]
        if (j < i) this.#L[i][j] = sum / this.#L[j][j]
        else if (sum > DEPENDENT * this.#K[P[i]][P[i]]) this.#L[i][i] = Math.sqrt(sum)
        else return false
      }
    return true
  }

  /** Solves with the first n rows of the factor, in place. */
  #solve(n: number): void {
    const [L, s] = [this.#L, this.#solution]
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) s[i] -= L[i][k] * s[k]
      s[i] /= L[i][i]
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) s[i] -= L[k][i] * s[k]
      s[i] /= L[i][i]
    }
  }
}
