import { type Backend, type DeviceScope, log } from '@opt/core'
import type { WorkingPotentials } from '../plan/transport-plan.ts'
import type { Pairs, Sides } from './sides.ts'
import { along } from './step-programs.ts'

/** Grid of potentials that are about 1. */
const GRID = 1 / 1048576

/** WorkingPotentials on the device, as pairs of a multiple of a grid and a rest; and those of a tried step. */
export class DevicePotentials {
  epsilon = 1
  grid: number = GRID
  now: Pairs
  trial: Pairs
  readonly #backend: Backend
  readonly #a: Float64Array
  readonly #b: Float64Array
  readonly #logA: Float64Array
  readonly #logB: Float64Array

  constructor(backend: Backend, scope: DeviceScope, a: Float64Array, b: Float64Array) {
    this.#backend = backend
    this.#a = a
    this.#b = b
    this.#logA = a.map(log)
    this.#logB = b.map(log)
    const pairs = () => ({ F: scope.array(2 * a.length), G: scope.array(2 * b.length) })
    this.now = pairs()
    this.trial = pairs()
  }

  set({ f, g }: WorkingPotentials, epsilon: number): void {
    this.epsilon = epsilon
    this.grid = GRID
    while (this.grid < 8 * GRID * epsilon) this.grid *= 2
    // F + G is what counts: both about the same size.
    const tilt = (inner(this.#b, g) - inner(this.#a, f)) / 2
    this.#backend.write(this.now.F, this.#pairs(f, tilt, this.#logA))
    this.#backend.write(this.now.G, this.#pairs(g, -tilt, this.#logB))
  }

  #pairs(potential: Float64Array, tilt: number, logMass: Float64Array): Float32Array {
    const pairs = new Float32Array(2 * potential.length)
    for (let i = 0; i < potential.length; i++) {
      const value = potential[i] + tilt + this.epsilon * logMass[i]
      pairs[2 * i] = Math.round(value / this.grid) * this.grid
      pairs[2 * i + 1] = value - pairs[2 * i]
    }
    return pairs
  }

  async read(): Promise<WorkingPotentials> {
    const [F, G] = await this.#backend.readAll([this.now.F, this.now.G])
    const whole = (pairs: Float32Array, logMass: Float64Array) =>
      logMass.map((l, i) => pairs[2 * i] + pairs[2 * i + 1] - this.epsilon * l)
    return { f: whole(F, this.#logA), g: whole(G, this.#logB) }
  }

  /** Sets the tried ones `alpha` times the direction on. */
  try(alpha: number, { rows, columns }: Sides): void {
    for (const [name, { length, direction }] of [['F', rows] as const, ['G', columns] as const]) {
      const arrays = { start: this.now[name], d: direction, F: this.trial[name] }
      this.#backend.run(along, arrays, { n: length, alpha, grid: this.grid })
    }
  }

  /** Makes the tried ones the present ones. */
  accept(): void {
    ;[this.now, this.trial] = [this.trial, this.now]
  }
}

function inner(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
  return sum
}
