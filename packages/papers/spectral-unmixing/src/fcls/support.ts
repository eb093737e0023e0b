/** Below this fraction of its length a direction counts as dependent on those before it. */
const DEPENDENT = 1e-10

/**
 * Least squares over the affine hull of some columns of R: min |z - sum_i a_i r_i| with sum(a) = 1, by an orthogonal
 * factorisation of the differences from the first. Allocates only when it is made.
 */
export class Support {
  /** The columns that are in, in this order. */
  readonly members: Int32Array
  size = 0
  readonly #rank: number
  readonly #R: readonly Float64Array[]
  readonly #Q: Float64Array[]
  readonly #T: Float64Array[]
  readonly #c: Float64Array

  /** @param R the columns, of length `rank` each. */
  constructor(R: readonly Float64Array[], rank: number) {
    const most = R.length
    this.members = new Int32Array(most)
    this.#rank = rank
    this.#R = R
    this.#Q = Array.from({ length: most }, () => new Float64Array(rank))
    this.#T = Array.from({ length: most }, () => new Float64Array(most))
    this.#c = new Float64Array(most)
  }

  /** Takes a column in; returns false, and leaves it out, when it is affinely dependent on the others. */
  add(column: number): boolean {
    const place = this.size
    this.members[place] = column
    if (place > 0 && !this.#factor(place - 1, column)) return false
    this.size++
    return true
  }

  /** Takes out the members at all places but some; returns whether none had to go. */
  retain(stays: (place: number) => boolean): boolean {
    let first = 0
    while (first < this.size && stays(first)) first++
    if (first === this.size) return true
    let left = first
    for (let i = first + 1; i < this.size; i++) if (stays(i)) this.members[left++] = this.members[i]
    this.size = left
    for (let i = Math.max(1, first); i < left; i++) this.#factor(i - 1, this.members[i])
    return false
  }

  /** Column j of the differences: Gram and Schmidt, twice. */
  #factor(j: number, column: number): boolean {
    const rank = this.#rank
    if (j >= rank) return false
    const q = this.#Q[j]
    const t = this.#T[j].fill(0)
    let size = 0
    for (let l = 0; l < rank; l++) {
      q[l] = this.#R[column][l] - this.#R[this.members[0]][l]
      size += q[l] * q[l]
    }
    for (let pass = 0; pass < 2; pass++)
      for (let i = 0; i < j; i++) {
        const p = this.#Q[i]
        let part = 0
        for (let l = 0; l < rank; l++) part += p[l] * q[l]
        for (let l = 0; l < rank; l++) q[l] -= part * p[l]
        t[i] += part
      }
    let left = 0
    for (let l = 0; l < rank; l++) left += q[l] * q[l]
    left = Math.sqrt(left)
    if (!(left > DEPENDENT * Math.sqrt(size))) return false
    for (let l = 0; l < rank; l++) q[l] /= left
    t[j] = left
    return true
  }

  /** Writes into `out`, by places, how the abundances of the members change with z along v. */
  change(v: ArrayLike<number>, out: Float64Array): void {
    const m = this.size - 1
    const c = this.#c
    for (let j = 0; j < m; j++) {
      c[j] = 0
      for (let l = 0; l < this.#rank; l++) c[j] += this.#Q[j][l] * v[l]
    }
    let first = 0
    for (let j = m - 1; j >= 0; j--) {
      let s = c[j]
      for (let i = j + 1; i < m; i++) s -= this.#T[i][j] * out[i + 1]
      out[j + 1] = s / this.#T[j][j]
      first -= out[j + 1]
    }
    out[0] = first
  }
}
