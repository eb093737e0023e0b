import { matrixView } from '@opt/core'
import { addRow, hypot, multiplyTriangle, type Triangle } from '../linear/triangle.ts'

/** Far above every entry of a triangle, and its square below overflow. */
const BINDING = 1e90

/**
 * The least-squares problem min ||L (e + p)|| over steps p of the free coordinates, with the others
 * held. The columns of L are ordered such that the free ones come last; rotations make it
 * triangular again whenever one is held or released. The rows of the free block then give the step,
 * the others the slopes of held coordinates, neither as a difference of large numbers.
 */
export class FreeColumns {
  readonly #n: number
  readonly #T: Triangle
  /** L e under the same rotations. */
  readonly #right: Float64Array
  readonly #row: Float64Array
  /** The coordinate at each place, and the place of each coordinate. */
  readonly #order: Int32Array
  readonly #place: Int32Array
  /** The first free place. */
  #first = 0

  constructor(n: number) {
    this.#n = n
    this.#T = matrixView(new Float64Array(n * n), n, n)
    this.#right = new Float64Array(n)
    this.#row = new Float64Array(n)
    this.#order = new Int32Array(n)
    this.#place = new Int32Array(n)
  }

  /** Starts with all coordinates free. With `sum`, steps keep the sum of the coordinates. */
  begin(L: Triangle, e: Float64Array, sum: boolean): void {
    const { data } = this.#T
    const n = this.#n
    let largest = 0
    for (let i = 0; i < n; i++) {
      this.#order[i] = this.#place[i] = i
      for (let j = 0; j < n; j++) {
        data[i * n + j] = j <= i ? L.data[i * L.stride + j] : 0
        largest = Math.max(largest, Math.abs(data[i * n + j]))
      }
    }
    this.#first = 0
    this.#right.set(e)
    multiplyTriangle(this.#T, this.#right)
    if (sum) addRow(this.#T, this.#row.fill(BINDING * largest), this.#right, 0)
  }

  /** The free coordinates. */
  get free(): Int32Array {
    return this.#order.subarray(this.#first)
  }

  isFree(i: number): boolean {
    return this.#place[i] >= this.#first
  }

  /** Writes the step to the minimiser of the face, in the order of `free`. */
  step(p: Float64Array): void {
    const { data } = this.#T
    const n = this.#n
    for (let i = this.#first; i < n; i++) {
      let sum = -this.#right[i]
      for (let j = this.#first; j < i; j++) sum -= data[i * n + j] * p[j - this.#first]
      p[i - this.#first] = sum / data[i * n + i]
    }
  }

  /** Goes a part of that step, 0 to 1. */
  advance(part: number): void {
    for (let i = this.#first; i < this.#n; i++) this.#right[i] *= 1 - part
  }

  /**
   * At the minimiser of the face: returns the slope in a held coordinate, as the cosine of an
   * angle, and the size of the terms it is the sum of.
   */
  slope(i: number): { slope: number; size: number } {
    const { data } = this.#T
    const n = this.#n
    const j = this.#place[i]
    let [column, right] = [0, 0]
    for (let r = j; r < this.#first; r++) {
      column = hypot(column, data[r * n + j])
      right = hypot(right, this.#right[r])
    }
    if (column === 0 || right === 0) return { slope: 0, size: 0 }
    let [slope, size] = [0, 0]
    for (let r = j; r < this.#first; r++) {
      const term = (data[r * n + j] / column) * (this.#right[r] / right)
      slope += term
      size += Math.abs(term)
    }
    return { slope, size }
  }

  hold(i: number): void {
    const [from, to] = [this.#place[i], this.#first++]
    this.#move(from, to)
    // Column j now reaches up to row j - 1.
    for (let j = from; j > to; j--) this.#rotate(j, j - 1, j, j)
  }

  release(i: number): void {
    const [from, to] = [this.#place[i], --this.#first]
    this.#move(from, to)
    // The column at `to` reaches up to row `from`.
    for (let r = from; r < to; r++) this.#rotate(r + 1, r, to, r)
  }

  /** Moves a column, and each column between by one place. */
  #move(from: number, to: number): void {
    const { data } = this.#T
    const n = this.#n
    const direction = Math.sign(to - from)
    const moved = this.#order[from]
    for (let r = 0; r < n; r++) {
      const v = data[r * n + from]
      for (let j = from; j !== to; j += direction) data[r * n + j] = data[r * n + j + direction]
      data[r * n + to] = v
    }
    for (let j = from; j !== to; j += direction) this.#order[j] = this.#order[j + direction]
    this.#order[to] = moved
    for (let j = Math.min(from, to); j <= Math.max(from, to); j++) this.#place[this.#order[j]] = j
  }

  /**
   * Rotates row `up` into `down` such that its entry in `column` becomes 0; other entries reach up
   * to column `reach`.
   */
  #rotate(down: number, up: number, column: number, reach: number): void {
    const { data } = this.#T
    const [a, b] = [down * this.#n, up * this.#n]
    const length = hypot(data[a + column], data[b + column])
    if (length === 0) return
    const [c, s] = [data[a + column] / length, data[b + column] / length]
    for (let j = 0; j <= reach; j++) {
      const [x, y] = [data[a + j], data[b + j]]
      data[a + j] = c * x + s * y
      data[b + j] = c * y - s * x
    }
    data[a + column] = length
    data[b + column] = 0
    const [x, y] = [this.#right[down], this.#right[up]]
    this.#right[down] = c * x + s * y
    this.#right[up] = c * y - s * x
  }
}
