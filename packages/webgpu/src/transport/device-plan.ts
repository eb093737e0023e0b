import type {
  TransportDirection,
  TransportInput,
  TransportPlan,
  TransportPotentials,
  TransportReadout,
  TransportThreshold,
  TransportTrial,
} from '@opt/core'
import { log } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { THREADS } from '../program.ts'
import { Scope } from '../scope.ts'
import { uploadCost } from './cost.ts'
import { KeptEntries } from './kept-entries.ts'
import { newtonDirection } from './newton-direction.ts'
import { PlanPasses } from './plan-passes.ts'
import { Potentials } from './potentials.ts'
import type { Pairs, Side, Sides } from './sides.ts'
import { distance, fit, marginal, survey } from './steps.ts'

/** Sinkhorn iterations handed to the device at a time: as many as take about this long, at most so many. */
const MILLISECONDS = 30
const AT_MOST = 64
/** Marginals below this have underflowed. */
const EMPTY = 1e-36
/** What float32 leaves of the rows' L1 error after they were made right (seen: up to 3e-7): counted in, not left out. */
const ROWS_ARE_EXACT_TO = 5e-7

/** A transport plan whose problem, potentials and marginals live on the device; P itself is worked out wherever it is needed. */
export class DevicePlan implements TransportPlan {
  readonly rows: number
  readonly columns: number
  readonly floor = 5e-6
  readonly strained = false
  readonly #device: Device
  readonly #scope: Scope
  readonly #potentials: Potentials
  readonly #passes: PlanPasses
  readonly #kept: KeptEntries
  readonly #state: GPUArray
  readonly #errors: GPUArray
  readonly #survey: GPUArray
  readonly #sides: Sides
  readonly #logMass: Record<Side, GPUArray>
  /** Do the columns' parts belong to the present potentials? Then the next Sinkhorn iteration begins with them. */
  #begun = false
  #ahead: number[] = []
  #batch = 1
  #threshold: TransportThreshold | null = null

  constructor(device: Device, input: TransportInput) {
    const { a, b } = input
    const [n, m] = [a.length, b.length]
    ;[this.#device, this.rows, this.columns] = [device, n, m]
    const scope = (this.#scope = new Scope(device))
    try {
      this.#state = scope.array(1)
      this.#passes = new PlanPasses(device, scope, uploadCost(device, scope, input), n, m, this.#state)
      this.#kept = new KeptEntries(scope, this.#passes, this.#state)
      this.#errors = scope.array(AT_MOST)
      this.#survey = scope.array(8)
      const side = (mass: Float64Array) => ({
        ...{ length: mass.length, mass: scope.array(mass) },
        ...{ marginal: scope.array(mass.length), direction: scope.array(mass.length) },
      })
      this.#sides = { rows: side(a), columns: side(b) }
      this.#logMass = { rows: scope.array(a.map(log)), columns: scope.array(b.map(log)) }
      this.#potentials = new Potentials(device, scope, a, b)
    } catch (error) {
      scope.free()
      throw error
    }
  }

  get epsilon(): number {
    return this.#potentials.epsilon
  }

  setPotentials(potentials: TransportPotentials, epsilon: number): void {
    this.#potentials.set(potentials, epsilon)
    this.#restart()
  }

  potentials(): Promise<TransportPotentials> {
    return this.#potentials.read()
  }

  /** In the log domain nothing under- or overflows. */
  evaluate(): void {
    this.#restart()
  }

  absorb(): void {
    this.#restart()
  }

  #restart(): void {
    this.#begun = false
    this.#ahead = []
    this.#device.clear(this.#state)
  }

  sinkhorn(ahead: number, target: number): number | Promise<number> {
    return this.#ahead.shift() ?? this.#work(Math.min(ahead + 1, this.#batch), target)
  }

  async #work(iterations: number, target: number): Promise<number> {
    const start = performance.now()
    for (let k = 0; k < iterations; k++) {
      if (this.#begun) this.#fit('columns')
      this.#begun = true
      this.#logSums('rows')
      this.#fit('rows')
      this.#logSums('columns')
      this.#marginal('columns')
      this.#distance('columns', k, ROWS_ARE_EXACT_TO, target)
    }
    const errors = (await this.#device.floats(this.#errors)).subarray(0, iterations)
    const took = performance.now() - start
    if (took < MILLISECONDS && iterations === this.#batch) this.#batch = Math.min(AT_MOST, 2 * this.#batch)
    else if (took > 4 * MILLISECONDS) this.#batch = Math.max(1, this.#batch >> 1)
    this.#ahead = [...errors]
    return this.#ahead.shift()!
  }

  async balance(): Promise<number> {
    this.#restart()
    this.#logSums('rows')
    this.#fit('rows')
    this.#logSums('columns')
    this.#fit('columns')
    return this.error()
  }

  async error(): Promise<number> {
    this.#marginals()
    this.#distance('rows', 0, 0, -1)
    this.#distance('columns', 1, 0, -1)
    const errors = await this.#device.floats(this.#errors)
    return errors[0] + errors[1]
  }

  async thresholdByMass(mass: number, minimum: number): Promise<TransportThreshold> {
    this.#threshold = await this.#kept.byMass(this.#potentials.now, this.epsilon, mass, minimum)
    return this.#threshold
  }

  async thresholdByCount(count: number): Promise<TransportThreshold> {
    this.#threshold = await this.#kept.byCount(this.#potentials.now, this.epsilon, count)
    return this.#threshold
  }

  async direct(threshold: number | null, tolerance: number): Promise<TransportDirection> {
    const { epsilon } = this
    const { now } = this.#potentials
    const kept = this.#kept
    if (threshold !== null) kept.take(now, epsilon, this.#threshold!)
    const multiply = (side: Side, x: GPUArray, y: GPUArray, square = false) => {
      if (threshold !== null) kept.multiply(side, x, y, square)
      else this.#passes.sums(square ? 'square' : 'product', side, now, epsilon, [x], y)
    }
    const cg = await newtonDirection(this.#device, this.#sides, multiply, epsilon, tolerance, this.#state)
    kept.drop()
    const { slope, reach } = await this.#surveyed()
    return { cg, slope, reach }
  }

  async tryStep(alpha: number): Promise<TransportTrial> {
    this.#potentials.try(alpha, this.#sides)
    this.#marginals(this.#potentials.trial)
    const { slope, least } = await this.#surveyed()
    return { slope, empty: !(least > EMPTY) }
  }

  accept(): void {
    this.#potentials.accept()
    this.#restart()
  }

  async read(): Promise<TransportReadout> {
    this.#restart()
    const { rows, columns } = this.#sides
    this.#marginals()
    const costs = this.#device.array(this.rows)
    this.#passes.sums('cost', 'rows', this.#potentials.now, this.epsilon, [], costs)
    const buffers = await this.#device.read(rows.marginal, columns.marginal, costs)
    costs.free()
    const [r, c, byRow] = buffers.map((buffer) => Float64Array.from(new Float32Array(buffer)))
    return { ...(await this.potentials()), r, c, cost: byRow.reduce((sum, cost) => sum + cost, 0) }
  }

  free(): void {
    this.#kept.drop()
    this.#scope.free()
  }

  #logSums(side: Side, pairs: Pairs = this.#potentials.now): void {
    this.#passes.logSums(side, pairs, this.epsilon)
  }

  #fit(side: Side): void {
    const { lines, count } = this.#passes.lines(side)
    const { length } = this.#sides[side]
    const { now, grid } = this.#potentials
    const arrays = [lines, this.#logMass[side], this.#state, side === 'rows' ? now.F : now.G]
    this.#device.run(fit, arrays, [length, count, this.epsilon, grid], Math.ceil(length / THREADS))
  }

  #marginal(side: Side): void {
    const { lines, count } = this.#passes.lines(side)
    const { length, marginal: out } = this.#sides[side]
    this.#device.run(marginal, [lines, out], [length, count], Math.ceil(length / THREADS))
  }

  #marginals(pairs: Pairs = this.#potentials.now): void {
    for (const side of ['rows', 'columns'] as const) {
      this.#logSums(side, pairs)
      this.#marginal(side)
    }
  }

  #distance(side: Side, at: number, rounding: number, target: number): void {
    const { length, marginal: r, mass } = this.#sides[side]
    this.#device.run(distance, [r, mass, this.#errors, this.#state], [length, at, rounding, target], 1)
  }

  /** Slope along the direction where the marginals stand, how far it reaches, the least marginal. */
  async #surveyed(): Promise<{ slope: number; reach: number; least: number }> {
    const { rows, columns } = this.#sides
    for (const [at, { length, mass, marginal: r, direction }] of [[0, rows] as const, [4, columns] as const])
      this.#device.run(survey, [mass, r, direction, this.#survey], [length, at], 1)
    const [sx, lowX, highX, leastX, sy, lowY, highY, leastY] = await this.#device.floats(this.#survey)
    const reach = Math.max(Math.abs(highX + highY), Math.abs(lowX + lowY))
    return { slope: sx + sy, reach, least: Math.min(leastX, leastY) }
  }
}
