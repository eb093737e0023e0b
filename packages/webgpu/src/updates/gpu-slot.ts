import type { DeviceSlot, Program, SlotContents, SlotRequest, SlotRun } from '@opt/core'
import type { Arrays, Device, Numbers } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { declarations } from '../wgsl.ts'
import type { Guard } from './guard.ts'

/** Scratch arrays that the slots share: one update runs after the other. */
export class Scratch {
  readonly #guard: Guard
  readonly #arrays = new Map<string, GPUArray>()

  constructor(guard: Guard) {
    this.#guard = guard
  }

  /** Returns arrays of at least these lengths, by name. */
  arrays(lengths: Readonly<Record<string, number>>): Arrays {
    return Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, this.#array(name, length)]))
  }

  #array(name: string, length: number): GPUArray {
    const present = this.#arrays.get(name)
    if (present && present.length >= length) return present
    present?.free()
    const array = this.#guard.array(length)
    this.#arrays.set(name, array)
    return array
  }
}

/** One parameter of an optimizer and its state on the device. */
export class GPUSlot implements DeviceSlot {
  readonly length: number
  readonly shape: readonly number[]
  readonly parameter: GPUArray
  /** State arrays by name. */
  readonly state: Arrays
  readonly #device: Device
  readonly #guard: Guard
  readonly #scratch: Scratch
  /** The names of the state numbers on the device, and their array. */
  readonly #numberNames: readonly string[]
  readonly #numbers: GPUArray | null
  /** The optimizer's own arrays for the gradient and the inputs. */
  readonly #own: Record<string, GPUArray> = {}
  /** The arrays of the gradient and the inputs of this step: own ones, or the caller's. */
  readonly #given: Record<string, GPUArray> = {}

  constructor(
    device: Device,
    guard: Guard,
    scratch: Scratch,
    { length, shape, arrays }: SlotRequest,
    parameter: GPUArray,
    numbers: readonly string[],
  ) {
    this.length = length
    this.shape = shape
    this.parameter = parameter
    this.state = Object.fromEntries(arrays.map((name) => [name, guard.array(length)]))
    this.#device = device
    this.#guard = guard
    this.#scratch = scratch
    this.#numberNames = numbers
    this.#numbers = numbers.length > 0 ? guard.array(numbers.length) : null
  }

  run(program: Program, numbers: Numbers, { workgroups, scratch = {} }: SlotRun = {}): void {
    // An array of the caller is copied before it is changed.
    for (const { name } of declarations(program).writes)
      if (name in this.#given && this.#given[name] !== this.own(name)) this.receive(name, this.#given[name], true)
    const { parameter, state } = this
    const arrays = { parameter, ...state, ...this.#given, ...this.#scratch.arrays(scratch) }
    const all = this.#numbers ? { ...arrays, numbers: this.#numbers } : arrays
    this.#guard.run(program, all, { n: this.length, ...numbers }, workgroups)
  }

  /** Sets the gradient or an input, to the given array or to a copy of it. */
  receive(name: string, given: GPUArray, copied: boolean): void {
    if (copied && given !== this.own(name)) {
      this.#guard.copy(given, this.own(name))
      given = this.own(name)
    }
    this.#given[name] = given
  }

  /** Returns the optimizer's own array for the gradient or an input. */
  own(name: string): GPUArray {
    this.#own[name] ??= this.#guard.array(this.length)
    return this.#own[name]
  }

  fill(name: string, value: number): void {
    this.#guard.fill(this.state[name], value)
  }

  set(name: string, values: Float32Array): void {
    this.#device.write(this.state[name] ?? this.own(name), values)
  }

  async read(): Promise<SlotContents> {
    const names = Object.keys(this.state)
    const arrays = Object.values(this.state)
    const all = await this.#device.read(...arrays, ...(this.#numbers ? [this.#numbers] : []))
    const values = all.map((bytes) => new Float32Array(bytes))
    return {
      arrays: Object.fromEntries(names.map((name, k) => [name, values[k]])),
      numbers: Object.fromEntries(this.#numberNames.map((name, k) => [name, values[arrays.length][k]])),
    }
  }

  load({ arrays, numbers }: SlotContents): void {
    for (const name in this.state) this.#device.write(this.state[name], arrays[name])
    if (this.#numbers)
      this.#device.write(
        this.#numbers,
        Float32Array.from(this.#numberNames, (name) => numbers[name]),
      )
  }
}
