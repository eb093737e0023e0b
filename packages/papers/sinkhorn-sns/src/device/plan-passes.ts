import type { Backend, DeviceArray, DeviceScope } from '@opt/core'
import type { DeviceCost } from './cost.ts'
import { COLUMNS, columnPass, gather, type Mode, ROWS, rowPass } from './pass-programs.ts'
import type { Pairs, Side } from './sides.ts'

/** Workgroups that fill a large device. */
const MANY = 2048
/** Rows of a matrix that a thread group adds up at least before parts are put together. */
const LEAST = 32

/** Sums along rows and columns of a plan that is never in memory. */
export class PlanPasses {
  readonly n: number
  readonly m: number
  readonly backend: Backend
  readonly cost: DeviceCost
  readonly #stop: DeviceArray
  /** Parts that the sum of a column comes in. */
  readonly #parts: number
  readonly #chunk: number
  readonly #tiles: number
  readonly #lines: Record<Side, DeviceArray>

  constructor(backend: Backend, scope: DeviceScope, cost: DeviceCost, n: number, m: number, stop: DeviceArray) {
    this.backend = backend
    this.cost = cost
    this.n = n
    this.m = m
    this.#stop = stop
    this.#tiles = Math.ceil(m / COLUMNS)
    this.#chunk = Math.max(LEAST, Math.ceil((n * this.#tiles) / MANY))
    this.#parts = cost.access.kind === 'matrix' ? Math.ceil(n / this.#chunk) : 1
    this.#lines = { rows: scope.array(2 * n), columns: scope.array(2 * m * this.#parts) }
  }

  length(side: Side): number {
    return side === 'rows' ? this.n : this.m
  }

  /** Where {@link logSums} leaves its parts, and how many there are for each line. */
  lines(side: Side): { lines: DeviceArray; count: number } {
    return { lines: this.#lines[side], count: side === 'rows' ? 1 : this.#parts }
  }

  /** Computes the log-sum-exp of each line of exponents. */
  logSums(side: Side, pairs: Pairs, epsilon: number): void {
    this.#pass('lse', side, pairs, epsilon, { out: this.#lines[side] })
  }

  /** Writes P w (rows) or P'w (columns) to out; with 'square' of the squared entries, with 'cost' the sums of P C. */
  sums(
    mode: Exclude<Mode, 'lse'>,
    side: Side,
    pairs: Pairs,
    epsilon: number,
    { out, ...weights }: { w?: DeviceArray; out: DeviceArray },
  ): void {
    const inParts = side === 'columns' && this.#parts > 1
    const lines = this.#lines.columns
    this.#pass(mode, side, pairs, epsilon, { ...weights, out: inParts ? lines : out })
    if (inParts) this.backend.run(gather, { parts_of: lines, out }, { n: this.m, count: this.#parts })
  }

  #pass(mode: Mode, side: Side, { F, G }: Pairs, epsilon: number, given: Record<string, DeviceArray>): void {
    const { backend, n, m } = this
    const { access } = this.cost
    const arrays = { ...this.cost.arrays, F, G, stop: this.#stop, ...given }
    const numbers = { ...this.cost.numbers, n, m, inverse: 1 / epsilon, chunk: this.#chunk, tiles: this.#tiles }
    if (side === 'columns' && access.kind === 'matrix')
      backend.run(columnPass(access, mode), arrays, numbers, this.#parts * this.#tiles)
    else backend.run(rowPass(access, mode, side === 'columns'), arrays, numbers, Math.ceil(this.length(side) / ROWS))
  }
}
