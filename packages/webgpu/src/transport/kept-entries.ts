import { refuse, type TransportThreshold } from '@opt/core'
import type { GPUArray } from '../pool.ts'
import type { Scope } from '../scope.ts'
import type { PlanPasses } from './plan-passes.ts'
import type { Pairs, Side } from './sides.ts'
import { BINS, histogram, keep, multiply, starts } from './sparse.ts'

/** Exponent and two bits of the mantissa of a float32. */
const OCTAVES = 21
const WORKGROUPS = 1024
/** What a count of 32 bits can hold. */
const COUNTABLE = 4294967295

const bits = new DataView(new ArrayBuffer(4))

/** The float32 of these bits. */
function float(word: number): number {
  bits.setUint32(0, word)
  return bits.getFloat32(0)
}

/** The large entries of a plan on the device, by rows and by columns. */
export class KeptEntries {
  readonly #passes: PlanPasses
  readonly #state: GPUArray
  readonly #bins: GPUArray
  readonly #counts: GPUArray
  readonly #starts: Record<Side, GPUArray>
  #places: Partial<Record<Side, GPUArray>> = {}
  #values: Partial<Record<Side, GPUArray>> = {}

  constructor(scope: Scope, passes: PlanPasses, state: GPUArray) {
    const { n, m } = passes
    ;[this.#passes, this.#state] = [passes, state]
    this.#bins = scope.array(BINS)
    this.#counts = scope.array(Math.max(n, m))
    this.#starts = { rows: scope.array(n + 1), columns: scope.array(m + 1) }
  }

  async #histogram({ F, G }: Pairs, epsilon: number, low: number, shift: number): Promise<Uint32Array> {
    const { device, cost, n, m } = this.#passes
    if (n * m > COUNTABLE) refuse('Newton on a device: plan', `of at most ${COUNTABLE} entries`, `one of ${n} x ${m}`)
    device.clear(this.#bins)
    const workgroups = Math.min(n, WORKGROUPS)
    const numbers = [...cost.values, n, m, 1 / epsilon, low, shift, workgroups]
    device.run(histogram(cost.access), [...cost.arrays, F, G, this.#state, this.#bins], numbers, workgroups)
    return new Uint32Array((await device.read(this.#bins))[0])
  }

  /** As few entries as leave out at most `mass` together (each counted as if it were the largest of its bin), but `minimum` at least. */
  async byMass(pairs: Pairs, epsilon: number, mass: number, minimum: number): Promise<TransportThreshold> {
    const counts = await this.#histogram(pairs, epsilon, 0, OCTAVES)
    let bin = 1
    let kept = counts.reduce((sum, count) => sum + count, 0) - counts[0]
    let dropped = 0
    for (; bin < BINS - 1; bin++) {
      const weight = counts[bin] * float((bin + 1) << OCTAVES)
      if (dropped + weight > mass || kept - counts[bin] < minimum) break
      dropped += weight
      kept -= counts[bin]
    }
    return { value: float(bin << OCTAVES), kept }
  }

  /** The `count` largest entries: the bin of the last of them, ten bits finer each time. */
  async byCount(pairs: Pairs, epsilon: number, count: number): Promise<TransportThreshold> {
    let low = 0
    let above = 0
    let kept = 0
    for (let shift = OCTAVES; shift >= 0; shift = shift > 0 ? Math.max(0, shift - 10) : -1) {
      const counts = await this.#histogram(pairs, epsilon, low, shift)
      let bin = BINS - 1
      while (bin > 0 && above + counts[bin] < count) above += counts[bin--]
      low += bin * (1 << shift)
      kept = above + counts[bin]
    }
    return { value: float(low), kept }
  }

  /** Takes the entries of at least `threshold`, about `kept` of them, by rows and by columns. */
  take({ F, G }: Pairs, epsilon: number, { value, kept }: TransportThreshold): void {
    const { device, cost, n, m } = this.#passes
    this.drop()
    // Another shader may round exponentials at the threshold the other way: some room for them.
    const room = kept + 1024
    for (const side of ['rows', 'columns'] as const) {
      const lines = this.#passes.length(side)
      const across = side === 'columns'
      const places = (this.#places[side] = device.array(room))
      const values = (this.#values[side] = device.array(room))
      const [common, numbers] = [
        [...cost.arrays, F, G, this.#state],
        [...cost.values, n, m, 1 / epsilon, value],
      ]
      device.run(keep(cost.access, across, false), [...common, this.#counts], numbers, lines)
      device.run(starts, [this.#counts, this.#starts[side]], [lines], 1)
      const filled = [...common, this.#starts[side], places, values]
      device.run(keep(cost.access, across, true), filled, [...numbers, room], lines)
    }
  }

  /** y = A x (rows) or A'x (columns) with the entries taken, or with their squares. */
  multiply(side: Side, x: GPUArray, y: GPUArray, square = false): void {
    const lines = this.#passes.length(side)
    const [places, values] = [this.#places[side]!, this.#values[side]!]
    const arrays = [this.#starts[side], places, values, x, this.#state, y]
    this.#passes.device.run(multiply(square), arrays, [lines, places.length], Math.ceil(lines / 8))
  }

  /** Gives back the memory of the entries. */
  drop(): void {
    for (const arrays of [this.#places, this.#values]) for (const array of Object.values(arrays)) array.free()
    ;[this.#places, this.#values] = [{}, {}]
  }
}
