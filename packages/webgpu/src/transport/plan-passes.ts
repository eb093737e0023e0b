import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { THREADS } from '../program.ts'
import type { Scope } from '../scope.ts'
import type { DeviceCost } from './cost.ts'
import { COLUMNS, columnPass, gather, type Mode, ROWS, rowPass } from './passes.ts'
import type { Pairs, Side } from './sides.ts'

/** Workgroups that fill a large device. */
const MANY = 2048
/** Rows of a matrix that a thread group adds up at least before parts are put together. */
const LEAST = 32

/** Sums along rows and columns of a plan that is never in memory. */
export class PlanPasses {
  readonly n: number
  readonly m: number
  readonly device: Device
  readonly cost: DeviceCost
  /** Parts that a column's sum comes in. */
  readonly #parts: number
  readonly #chunk: number
  readonly #tiles: number
  readonly #lines: Record<Side, GPUArray>
  readonly #state: GPUArray

  constructor(device: Device, scope: Scope, cost: DeviceCost, n: number, m: number, state: GPUArray) {
    ;[this.n, this.m, this.device, this.cost, this.#state] = [n, m, device, cost, state]
    this.#tiles = Math.ceil(m / COLUMNS)
    this.#chunk = Math.max(LEAST, Math.ceil((n * this.#tiles) / MANY))
    this.#parts = cost.access.kind === 'matrix' ? Math.ceil(n / this.#chunk) : 1
    this.#lines = { rows: scope.array(2 * n), columns: scope.array(2 * m * this.#parts) }
  }

  length(side: Side): number {
    return side === 'rows' ? this.n : this.m
  }

  /** Where {@link logSums} leaves its parts, and how many there are for each line. */
  lines(side: Side): { lines: GPUArray; count: number } {
    return { lines: this.#lines[side], count: side === 'rows' ? 1 : this.#parts }
  }

  /** The log-sum-exp of each line of exponents. */
  logSums(side: Side, pairs: Pairs, epsilon: number): void {
    this.#pass('lse', side, pairs, epsilon, [], this.#lines[side])
  }

  /** out = P w (rows) or P'w (columns); with 'square' of the squared entries, with 'cost' the sums of P C. */
  sums(mode: Exclude<Mode, 'lse'>, side: Side, pairs: Pairs, epsilon: number, w: GPUArray[], out: GPUArray): void {
    const parts = side === 'columns' ? this.#parts : 1
    this.#pass(mode, side, pairs, epsilon, w, parts === 1 ? out : this.#lines.columns)
    if (parts === 1) return
    this.device.run(gather, [this.#lines.columns, out], [this.m, parts], Math.ceil(this.m / THREADS))
  }

  #pass(mode: Mode, side: Side, { F, G }: Pairs, epsilon: number, w: GPUArray[], out: GPUArray): void {
    const { access, arrays, values } = this.cost
    const { n, m } = this
    const numbers = [...values, n, m, 1 / epsilon]
    const given = [...arrays, F, G, this.#state, ...w, out]
    if (side === 'columns' && access.kind === 'matrix') {
      const program = columnPass(access, mode)
      this.device.run(program, given, [...numbers, this.#chunk, this.#tiles], this.#parts * this.#tiles)
    } else {
      const program = rowPass(access, mode, side === 'columns')
      this.device.run(program, given, numbers, Math.ceil(this.length(side) / ROWS))
    }
  }
}
