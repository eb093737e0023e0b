import { Batches, type BatchesState, type MatrixLike, number, Random, type RandomState } from '@opt/core'
import type { Cost } from '../costs/cost.ts'
import { type Measure, measure } from '../measures.ts'

/** Draws `count` new points, count x d, with a generator; for data that is made or streamed. */
export type Sampler = (count: number, random: Random) => MatrixLike

/** Points of a step by default: plans have as many numbers squared. */
const MOST = 512
const DRAWN = 256

/** What a {@link Source} remembers; plain JSON. */
export type SourceState = { batches: BatchesState } | { random: RandomState }

/** A sample of which each step uses all points, a batch, or points drawn anew. */
export class Source {
  /** Points of the first batch. */
  readonly first: Measure
  readonly #given: Measure | Sampler
  readonly #size: number
  readonly #costs: readonly Cost[]
  readonly #label: string
  #random: Random
  #batches: Batches | null = null
  #started = false

  /**
   * @param given points, or a function that draws some.
   * @param batchSize points of a step; by default all of them up to 512, and 256 for a function.
   * @param costs which must be defined at the points.
   */
  constructor(
    given: MatrixLike | Sampler,
    batchSize: number | undefined,
    random: Random,
    costs: readonly Cost[],
    label: string,
    columns?: number,
  ) {
    this.#random = random
    this.#costs = costs
    this.#label = label
    if (batchSize !== undefined) number(batchSize, 'batchSize', { integer: true, min: 1 })
    if (typeof given === 'function') {
      this.#given = given
      this.#size = batchSize ?? DRAWN
      this.first = this.#draw(given, columns)
    } else {
      const all = this.#check(given, columns)
      this.#given = { ...all, points: all.points.slice() }
      this.#size = Math.min(all.count, batchSize ?? MOST)
      if (this.#size < all.count) this.#batches = new Batches(all.count, random)
      this.first = this.#batches ? this.#gathered(this.#batches) : this.#given
    }
  }

  /** The points of the next step; null where they are those of the step before. */
  next(): Measure | null {
    if (!this.#started) {
      this.#started = true
      return this.first
    }
    if (typeof this.#given === 'function') return this.#draw(this.#given, this.first.d)
    return this.#batches && this.#gathered(this.#batches)
  }

  #draw(sampler: Sampler, columns: number | undefined): Measure {
    return this.#check(sampler(this.#size, this.#random), columns, this.#size)
  }

  #check(points: MatrixLike, columns: number | undefined, rows?: number): Measure {
    const [cost, ...others] = this.#costs
    const shape = { ...(rows && { rows }), ...(columns && { columns }) }
    const checked = measure(points, undefined, cost, this.#label, '', shape)
    for (const other of others) other.check?.(checked.points, checked.d, this.#label)
    return checked
  }

  #gathered(batches: Batches): Measure {
    const { points, d } = this.#given as Measure
    const out = new Float64Array(this.#size * d)
    batches.draw(this.#size).forEach((at, i) => out.set(points.subarray(at * d, (at + 1) * d), i * d))
    return { points: out, count: this.#size, d, masses: new Float64Array(this.#size).fill(1 / this.#size) }
  }

  state(): SourceState {
    return this.#batches ? { batches: this.#batches.state() } : { random: this.#random.state() }
  }

  /** Restores a state; the next points are those after it. */
  load(state: SourceState, label: string): void {
    if ('batches' in state) this.#batches?.load(state.batches, `${label}.batches`)
    else this.#random = new Random(state.random)
    this.#started = true
  }
}
