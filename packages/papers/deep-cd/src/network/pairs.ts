import { type Grid, rowStarts } from './grid.ts'
import type { Floats } from './kernels.ts'

/** A grid and the one of half its size: loops over the cells of both. */
export class Pairs {
  /** Places of each fine row, of each channel, and of its parents' row. */
  readonly #fine: Int32Array
  readonly #coarse: Int32Array
  readonly #columns: number
  readonly #children: number

  constructor(fine: Grid, coarse: Grid, channels: number) {
    const [from, to] = [rowStarts(fine), rowStarts(coarse)]
    const rows = from.length
    const parent = (k: number) => {
      const [z, y] = [Math.floor(k / fine.rows), k % fine.rows]
      return to[(z >> 1) * coarse.rows + (y >> 1)]
    }
    const each = (place: (k: number) => number, channel: number) =>
      Int32Array.from({ length: channels * rows }, (_, k) => Math.floor(k / rows) * channel + place(k % rows))
    this.#fine = each((k) => from[k], fine.channel)
    this.#coarse = each(parent, coarse.channel)
    this.#columns = coarse.columns
    this.#children = 1 << fine.shape.length
  }

  /** y = the means of x over the children. */
  pool(x: Floats, y: Floats): void {
    y.fill(0)
    this.#sumChildren(x, 1 / this.#children, y)
  }

  /** y += scale times the sums of x over the children. */
  #sumChildren(x: Floats, scale: number, y: Floats): void {
    for (let k = 0; k < this.#fine.length; k++)
      for (let j = 0, f = this.#fine[k], c = this.#coarse[k]; j < this.#columns; j++, f += 2, c++)
        y[c] += scale * (x[f] + x[f + 1])
  }

  /** x += y at the parent / 2^d. */
  unpool(y: Floats, x: Floats): void {
    this.spread(x, y, 1 / this.#children, x)
  }

  /** out = x + scale y at the parent. */
  spread(x: Floats, y: Floats, scale: number, out: Floats): void {
    for (let k = 0; k < this.#fine.length; k++)
      for (let j = 0, f = this.#fine[k], c = this.#coarse[k]; j < this.#columns; j++, f += 2, c++) {
        const v = scale * y[c]
        out[f] = x[f] + v
        out[f + 1] = x[f + 1] + v
      }
  }

  /** The transpose of {@link spread}: dy += scale times the sums of d over the children; returns d'(y at the parent). */
  gather(d: Floats, y: Floats, scale: number, dy: Floats): number {
    this.#sumChildren(d, scale, dy)
    let sum = 0
    for (let k = 0; k < this.#fine.length; k++)
      for (let j = 0, f = this.#fine[k], c = this.#coarse[k]; j < this.#columns; j++, f += 2, c++)
        sum += y[c] * (d[f] + d[f + 1])
    return sum
  }
}
