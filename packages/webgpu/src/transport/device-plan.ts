import type {
  TransportDirection,
  TransportInput,
  TransportPlan,
  TransportPotentials,
  TransportReadout,
  TransportThreshold,
  TransportTrial,
} from '@opt/core'
import { log, refuse } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { THREADS } from '../program.ts'
import { Scope } from '../scope.ts'
import { uploadCost } from './cost.ts'
import { KeptEntries } from './kept-entries.ts'
import { newtonDirection, type Sides } from './newton-direction.ts'
import { PlanPasses, type Side } from './plan-passes.ts'
import { along, distance, fit, marginal, survey } from './steps.ts'

/** Sinkhorn iterations handed to the device at a time: as many as take about this long, at most so many. */
const MILLISECONDS = 30
const AT_MOST = 64
/** What a 32-bit count of entries can hold. */
const ENTRIES = 4294967295
/** Marginals below this have underflowed. */
const EMPTY = 1e-36
/** Grid of the potentials where these are about 1. */
const GRID = 1 / 1048576
/** What float32 leaves of the rows' L1 error after they were made right (seen: up to 3e-7): counted in, not left out. */
const ROWS_ARE_EXACT_TO = 5e-7

function inner(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
  return sum
}

/** A transport plan whose problem, potentials and marginals live on the device; P itself is worked out wherever it is needed. */
export class DevicePlan implements TransportPlan {
  readonly rows: number
  readonly columns: number
  readonly floor = 5e-6
  readonly strained = false
  epsilon = 1
  readonly #device: Device
  readonly #scope: Scope
  readonly #masses: Record<Side, Float64Array>
  readonly #logA: Float64Array
  readonly #logB: Float64Array
  readonly #passes: PlanPasses
  readonly #kept: KeptEntries
  readonly #state: GPUArray
  readonly #errors: GPUArray
  readonly #survey: GPUArray
  readonly #sides: Sides
  readonly #logMass: Record<Side, GPUArray>
  /** Potentials, pairs of a multiple of the grid and a rest; and those of a tried step. */
  #grid = GRID
  #F: GPUArray
  #G: GPUArray
  #trialF: GPUArray
  #trialG: GPUArray
  /** Do the columns' parts belong to the present potentials? Then the next Sinkhorn iteration begins with them. */
  #begun = false
  #ahead: number[] = []
  #batch = 1
  #threshold: TransportThreshold | null = null

  constructor(device: Device, input: TransportInput) {
    const { a, b } = input
    const [n, m] = [a.length, b.length]
    if (n * m > ENTRIES) refuse('backend: problem', `of at most ${ENTRIES} entries on a device`, `one of ${n} x ${m}`)
    ;[this.#device, this.rows, this.columns] = [device, n, m]
    this.#masses = { rows: a, columns: b }
    this.#logA = a.map(log)
    this.#logB = b.map(log)
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
      this.#logMass = { rows: scope.array(this.#logA), columns: scope.array(this.#logB) }
      ;[this.#F, this.#trialF] = [scope.array(2 * n), scope.array(2 * n)]
      ;[this.#G, this.#trialG] = [scope.array(2 * m), scope.array(2 * m)]
    } catch (error) {
      scope.free()
      throw error
    }
  }

  setPotentials({ f, g }: TransportPotentials, epsilon: number): void {
    this.epsilon = epsilon
    this.#grid = GRID
    while (this.#grid < 8 * GRID * epsilon) this.#grid *= 2
    // F + G is what counts: both about the same size.
    const { rows, columns } = this.#masses
    const tilt = (inner(columns, g) - inner(rows, f)) / 2
    this.#device.write(this.#F, this.#pairs(f, this.#logA, tilt))
    this.#device.write(this.#G, this.#pairs(g, this.#logB, -tilt))
    this.#restart()
  }

  #pairs(potential: Float64Array, logMass: Float64Array, tilt: number): Float32Array {
    const pairs = new Float32Array(2 * potential.length)
    for (let i = 0; i < potential.length; i++) {
      const value = potential[i] + tilt + this.epsilon * logMass[i]
      pairs[2 * i] = Math.round(value / this.#grid) * this.#grid
      pairs[2 * i + 1] = value - pairs[2 * i]
    }
    return pairs
  }

  async potentials(): Promise<TransportPotentials> {
    const [F, G] = (await this.#device.read(this.#F, this.#G)).map((buffer) => new Float32Array(buffer))
    const whole = (pairs: Float32Array, logMass: Float64Array) =>
      logMass.map((l, i) => pairs[2 * i] + pairs[2 * i + 1] - this.epsilon * l)
    return { f: whole(F, this.#logA), g: whole(G, this.#logB) }
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
      if (this.#begun) this.#fit('columns', this.#G)
      this.#begun = true
      this.#logSums('rows')
      this.#fit('rows', this.#F)
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
    this.#fit('rows', this.#F)
    this.#logSums('columns')
    this.#fit('columns', this.#G)
    return this.error()
  }

  async error(): Promise<number> {
    this.#marginals(this.#F, this.#G)
    this.#distance('rows', 0, 0, -1)
    this.#distance('columns', 1, 0, -1)
    const errors = await this.#device.floats(this.#errors)
    return errors[0] + errors[1]
  }

  async thresholdByMass(mass: number, minimum: number): Promise<TransportThreshold> {
    this.#threshold = await this.#kept.byMass(this.#F, this.#G, this.epsilon, mass, minimum)
    return this.#threshold
  }

  async thresholdByCount(count: number): Promise<TransportThreshold> {
    this.#threshold = await this.#kept.byCount(this.#F, this.#G, this.epsilon, count)
    return this.#threshold
  }

  async direct(threshold: number | null, tolerance: number): Promise<TransportDirection> {
    const { epsilon } = this
    const [F, G, kept] = [this.#F, this.#G, this.#kept]
    if (threshold !== null) kept.take(F, G, epsilon, this.#threshold!)
    const multiply = (side: Side, x: GPUArray, y: GPUArray, square = false) => {
      if (threshold !== null) kept.multiply(side, x, y, square)
      else this.#passes.sums(square ? 'square' : 'product', side, F, G, epsilon, [x], y)
    }
    const cg = await newtonDirection(this.#device, this.#sides, multiply, epsilon, tolerance, this.#state)
    kept.drop()
    const { slope, reach } = await this.#surveyed()
    return { cg, slope, reach }
  }

  async tryStep(alpha: number): Promise<TransportTrial> {
    const each = (n: number) => Math.ceil(n / THREADS)
    const { rows, columns } = this.#sides
    this.#device.run(
      along,
      [this.#F, rows.direction, this.#trialF],
      [rows.length, alpha, this.#grid],
      each(rows.length),
    )
    this.#device.run(
      along,
      [this.#G, columns.direction, this.#trialG],
      [columns.length, alpha, this.#grid],
      each(columns.length),
    )
    this.#marginals(this.#trialF, this.#trialG)
    const { slope, least } = await this.#surveyed()
    return { slope, empty: !(least > EMPTY) }
  }

  accept(): void {
    ;[this.#F, this.#trialF] = [this.#trialF, this.#F]
    ;[this.#G, this.#trialG] = [this.#trialG, this.#G]
    this.#restart()
  }

  async read(): Promise<TransportReadout> {
    this.#restart()
    const { rows, columns } = this.#sides
    this.#marginals(this.#F, this.#G)
    const costs = this.#device.array(this.rows)
    this.#passes.sums('cost', 'rows', this.#F, this.#G, this.epsilon, [], costs)
    const buffers = await this.#device.read(rows.marginal, columns.marginal, costs)
    costs.free()
    const [r, c, byRow] = buffers.map((buffer) => Float64Array.from(new Float32Array(buffer)))
    return { ...(await this.potentials()), r, c, cost: byRow.reduce((sum, cost) => sum + cost, 0) }
  }

  free(): void {
    this.#kept.drop()
    this.#scope.free()
  }

  #logSums(side: Side, F: GPUArray = this.#F, G: GPUArray = this.#G): void {
    this.#passes.logSums(side, F, G, this.epsilon)
  }

  #fit(side: Side, potential: GPUArray): void {
    const { lines, count } = this.#passes.lines(side)
    const { length } = this.#sides[side]
    const arrays = [lines, this.#logMass[side], this.#state, potential]
    this.#device.run(fit, arrays, [length, count, this.epsilon, this.#grid], Math.ceil(length / THREADS))
  }

  #marginal(side: Side): void {
    const { lines, count } = this.#passes.lines(side)
    const { length, marginal: out } = this.#sides[side]
    this.#device.run(marginal, [lines, out], [length, count], Math.ceil(length / THREADS))
  }

  #marginals(F: GPUArray, G: GPUArray): void {
    for (const side of ['rows', 'columns'] as const) {
      this.#logSums(side, F, G)
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
