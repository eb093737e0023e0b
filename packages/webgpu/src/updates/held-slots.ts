import { type DeviceArray, type DeviceSlot, type DeviceSlots, refuse, type SlotRequest, show } from '@opt/core'
import type { Device } from '../device.ts'
import { GPUArray } from '../pool.ts'
import { deviceKernels } from './device-kernels.ts'
import { Guarded, type StateArray } from './guarded.ts'
import { Trail } from './trail.ts'
import { updateKernels } from './update-kernels.ts'

/** An array with its shape; entries are row-major. */
interface Tensor {
  data: unknown
  shape: readonly number[]
}

/** A slot when it has its arrays. */
interface Filled extends DeviceSlot {
  parameter: GPUArray
  gradient: DeviceArray
  inputs: Record<string, DeviceArray>
  arrays: Record<string, StateArray>
  kept: StateArray | null
}

const isTensor = (x: unknown): x is Tensor =>
  typeof x === 'object' && x !== null && Array.isArray((x as Partial<Tensor>).shape)

const dataOf = (x: unknown) => (isTensor(x) ? x.data : x)

/** The array of a parameter or gradient, if it is one of this device. */
function take(device: Device, x: unknown, label: string, or = ''): GPUArray {
  const data = dataOf(x)
  if (data instanceof GPUArray && data.of(device.pool)) return data
  refuse(label, `an array of ${device.name}, or { data, shape } with one${or}`, show(x), 'type')
}

/** Refuses what cannot be a parameter of an optimizer. */
export function checkParameter(device: Device, x: unknown, label: string): void {
  const { length } = take(device, x, label)
  if (!isTensor(x)) return
  const { shape } = x
  if (!shape.every(Number.isInteger) || shape.reduce((size, extent) => size * extent, 1) !== length)
    refuse(`${label}.shape`, `one of ${length} entries`, `[${shape.map(show)}]`)
}

/** An optimizer's slots on the device: parameters are updated where they are, and nothing comes back within a step. */
export class HeldSlots implements DeviceSlots {
  readonly #device: Device
  readonly #guarded: Guarded
  readonly #slots: Filled[]
  readonly #request: SlotRequest
  /** What a step is given, in the order of inspection. */
  readonly #kinds: string[]
  readonly #parameters: Set<unknown>
  readonly #own: Record<string, StateArray>[]
  /** For each slot, its count and its numbers that are kept here, since the last look at the guard. */
  readonly #trails: { steps: Trail; numbers: Record<string, Trail> }[]
  #next = 0
  /** Grows when counts of steps are set back. */
  #epoch = 0

  constructor(device: Device, slots: readonly DeviceSlot[], request: SlotRequest) {
    const { values, arrays, inputs, keeps } = request
    const names = new Set(arrays.flat())
    this.#device = device
    this.#request = request
    this.#kinds = ['gradients', ...inputs, 'parameters', ...names]
    this.#trails = slots.map(({ numbers }) => {
      const here = Object.keys(numbers).filter((name) => !keeps.includes(name))
      return { steps: new Trail(), numbers: Object.fromEntries(here.map((name) => [name, new Trail()])) }
    })
    const guarded = new Guarded(device, this.#kinds.length * slots.length)
    this.#guarded = guarded
    const kernels = updateKernels(guarded)
    const beyond = deviceKernels(guarded)
    const named = (names: readonly string[], length: number) =>
      Object.fromEntries(names.map((name) => [name, guarded.array(length)]))
    try {
      this.#own = slots.map(({ length }) => named(inputs, length))
      this.#slots = slots.map((slot, i) => {
        const parameter = dataOf(values[i]) as GPUArray
        return Object.assign(slot, {
          ...{ parameter, gradient: parameter, inputs: { ...this.#own[i] }, kernels, device: beyond },
          arrays: named(arrays[i], slot.length),
          kept: keeps.length > 0 ? guarded.array(keeps.length) : null,
        })
      })
    } catch (error) {
      guarded.free()
      throw error
    }
    this.#parameters = new Set(this.#slots.map(({ parameter }) => parameter))
  }

  check(given: unknown, i: number, label: string): void {
    const { shape, length } = this.#slots[i]
    const data = take(this.#device, given, label, ', or null for none')
    if (isTensor(given) && String(given.shape) !== String(shape))
      refuse(label, `of shape [${shape}]`, `shape [${given.shape}]`)
    if (data.length !== length) refuse(label, `of length ${length}`, `length ${data.length}`)
  }

  take(given: unknown, i: number, what: string, step: number, inspect: boolean): void {
    const slot = this.#slots[i]
    const data = dataOf(given) as GPUArray
    const which = this.#kinds.indexOf(what) * this.#slots.length + i
    if (inspect) this.#guarded.inspect(slot.length, data, which, step + 1, this.#request.below)
    // What the update overwrites, and what another parameter's update changes before it is needed, is copied.
    const copied = this.#request.overwrites.includes(what) || this.#parameters.has(data)
    const held = copied ? this.own(i, what) : data
    if (held !== data) (held as StateArray).set(data)
    if (what === 'gradients') slot.gradient = held
    else slot.inputs[what] = held
  }

  confine(i: number, step: number, below: number): void {
    const { length, parameter, arrays } = this.#slots[i]
    const look = (array: DeviceArray, what: string, limit: number) => {
      const which = this.#kinds.indexOf(what) * this.#slots.length + i
      this.#guarded.inspect(length, array, which, step + 1, limit)
    }
    look(parameter, 'parameters', below)
    for (const name in arrays) look(arrays[name], name, this.#request.squares.includes(name) ? below * below : below)
  }

  mark(i: number, step: number): void {
    const { steps, numbers } = this.#trails[i]
    const slot = this.#slots[i]
    steps.record(step, slot.steps)
    for (const name in numbers) numbers[name].record(step, slot.numbers[name])
    this.#next = step + 1
  }

  own(i: number, what: string): StateArray {
    const own = this.#own[i]
    own[what] ??= this.#guarded.array(this.#slots[i].length)
    return own[what]
  }

  async settled(back: (step: number) => void, label: (i: number, what: string, at: number) => string): Promise<void> {
    const [epoch, looked] = [this.#epoch, this.#next]
    const finding = await this.#guarded.finding()
    const current = epoch === this.#epoch
    if (!finding) {
      if (current) this.#eachTrail((trail) => trail.forget(looked))
      return
    }
    const step = finding.step - 1
    if (current) {
      back(step)
      this.#eachTrail((trail, write) => write(trail.at(step)))
      this.#restart()
    }
    const { length } = this.#slots
    const name = label(finding.which % length, this.#kinds[Math.floor(finding.which / length)], finding.at)
    const allowed = 'a finite number, and not too large for float32'
    refuse(name, allowed, `another at step ${step}; nothing has changed since`)
  }

  #eachTrail(visit: (trail: Trail, write: (value: number) => void) => void): void {
    this.#trails.forEach(({ steps, numbers }, i) => {
      const slot = this.#slots[i]
      visit(steps, (value) => {
        slot.steps = value
      })
      for (const name in numbers)
        visit(numbers[name], (value) => {
          slot.numbers[name] = value
        })
    })
  }

  #restart(): void {
    this.#epoch++
    this.#guarded.resume()
    this.#eachTrail((trail) => trail.clear())
  }

  read(): Promise<{ steps: number; arrays: Record<string, Float32Array>; numbers: Record<string, number> }[]> {
    const { keeps } = this.#request
    const floats = (array: DeviceArray) => this.#device.floats(array as GPUArray)
    return Promise.all(
      this.#slots.map(async ({ steps, numbers, arrays, kept }) => {
        const now = { steps, numbers: { ...numbers } }
        const reading = [...Object.values(arrays), ...(kept ? [kept] : [])].map(floats)
        const values = await Promise.all(reading)
        keeps.forEach((name, k) => {
          now.numbers[name] = values[values.length - 1][k]
        })
        return { ...now, arrays: Object.fromEntries(Object.keys(arrays).map((name, k) => [name, values[k]])) }
      }),
    )
  }

  loaded(): void {
    const { keeps } = this.#request
    for (const { kept, numbers } of this.#slots) kept?.set(Float32Array.from(keeps, (name) => numbers[name]))
    this.#restart()
  }

  free(): void {
    this.#guarded.free()
  }
}
