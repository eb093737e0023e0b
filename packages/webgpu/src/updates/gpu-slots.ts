import {
  type DeviceSlots,
  refuse,
  type SlotContents,
  type SlotFinding,
  type SlotRequest,
  type SlotRules,
  show,
} from '@opt/core'
import type { Device } from '../device.ts'
import { GPUArray } from '../pool.ts'
import { GPUSlot, Scratch } from './gpu-slot.ts'
import { Guard } from './guard.ts'
import { Trail } from './trail.ts'

/** An array with its shape; entries are row-major. */
interface Tensor {
  data: unknown
  shape: readonly number[]
}

const isTensor = (x: unknown): x is Tensor =>
  typeof x === 'object' && x !== null && Array.isArray((x as Partial<Tensor>).shape)

const dataOf = (x: unknown) => (isTensor(x) ? x.data : x)

/** Returns the array of a parameter or gradient, if it is one of this device. */
function checkArray(device: Device, x: unknown, label: string, or = ''): GPUArray {
  const data = dataOf(x)
  if (data instanceof GPUArray && data.of(device.pool)) return data
  refuse(label, `an array of ${device.name}, or { data, shape } with one${or}`, show(x), 'type')
}

/** Refuses what cannot be a parameter of an optimizer. */
export function checkParameter(device: Device, x: unknown, label: string): void {
  const { length } = checkArray(device, x, label)
  if (!isTensor(x)) return
  const { shape } = x
  if (!shape.every(Number.isInteger) || shape.reduce((size, extent) => size * extent, 1) !== length)
    refuse(`${label}.shape`, `one of ${length} entries`, `[${shape.map(show)}]`)
}

/** An optimizer's slots on the device. Parameters are updated in place, and no step reads anything back. */
export class GPUSlots implements DeviceSlots {
  readonly slots: readonly GPUSlot[]
  readonly #device: Device
  readonly #guard: Guard
  readonly #rules: SlotRules
  /** The kinds of arrays that are inspected, in order: what a step gets, then what the slots hold. */
  readonly #kinds: string[]
  readonly #parameters: Set<GPUArray>
  /** The numbers recorded since the guard was last read, for each slot. */
  readonly #trails: Trail[][]
  #next = 0
  /** Counts how often recorded numbers were restored. */
  #epoch = 0

  constructor(device: Device, requests: readonly SlotRequest[], rules: SlotRules) {
    const names = new Set(requests.flatMap(({ arrays }) => arrays))
    this.#device = device
    this.#rules = rules
    this.#kinds = ['gradients', ...rules.inputs, 'parameters', ...names]
    this.#trails = requests.map(() => [])
    this.#guard = new Guard(device, this.#kinds.length * requests.length)
    const scratch = new Scratch(this.#guard)
    try {
      this.slots = requests.map(
        (request) =>
          new GPUSlot(device, this.#guard, scratch, request, dataOf(request.value) as GPUArray, rules.numbers),
      )
    } catch (error) {
      this.#guard.free()
      throw error
    }
    this.#parameters = new Set(this.slots.map(({ parameter }) => parameter))
  }

  check(given: unknown, i: number, label: string): void {
    const { shape, length } = this.slots[i]
    const data = checkArray(this.#device, given, label, ', or null for none')
    if (isTensor(given) && String(given.shape) !== String(shape))
      refuse(label, `of shape [${shape}]`, `shape [${given.shape}]`)
    if (data.length !== length) refuse(label, `of length ${length}`, `length ${data.length}`)
  }

  receive(given: unknown, i: number, what: string, step: number, inspect: boolean): void {
    const data = dataOf(given) as GPUArray
    if (inspect) this.#guard.inspect(data, this.#which(what, i), step + 1, this.#rules.below)
    // The update of another parameter may change this array before it is read.
    this.slots[i].receive(programName(what), data, this.#parameters.has(data))
  }

  confine(i: number, step: number, below: number): void {
    const { parameter, state } = this.slots[i]
    this.#guard.inspect(parameter, this.#which('parameters', i), step + 1, below)
    for (const [name, array] of Object.entries(state)) {
      const limit = this.#rules.squares.includes(name) ? below * below : below
      this.#guard.inspect(array, this.#which(name, i), step + 1, limit)
    }
  }

  /** Returns the index of an array for the guard. */
  #which(what: string, i: number): number {
    return this.#kinds.indexOf(what) * this.slots.length + i
  }

  record(i: number, step: number, numbers: readonly number[]): void {
    const trails = this.#trails[i]
    numbers.forEach((value, k) => {
      trails[k] ??= new Trail()
      trails[k].record(step, value)
    })
    this.#next = step + 1
  }

  own(i: number, what: string): GPUArray {
    return this.slots[i].own(programName(what))
  }

  async settled(back: (step: number, recorded: readonly (readonly number[])[]) => void): Promise<SlotFinding | null> {
    const [epoch, next] = [this.#epoch, this.#next]
    const finding = await this.#guard.finding()
    const current = epoch === this.#epoch
    if (!finding) {
      if (current) for (const trail of this.#trails.flat()) trail.forget(next)
      return null
    }
    const step = finding.step - 1
    if (current) {
      back(
        step,
        this.#trails.map((trails) => trails.map((trail) => trail.at(step))),
      )
      this.#restart()
    }
    const { length } = this.slots
    const what = this.#kinds[Math.floor(finding.which / length)]
    return { what, slot: finding.which % length, entry: finding.entry, step }
  }

  #restart(): void {
    this.#epoch++
    this.#guard.resume()
    for (const trail of this.#trails.flat()) trail.clear()
  }

  read(): Promise<SlotContents[]> {
    return Promise.all(this.slots.map((slot) => slot.read()))
  }

  load(contents: readonly SlotContents[]): void {
    this.slots.forEach((slot, i) => void slot.load(contents[i]))
    this.#restart()
  }

  free(): void {
    this.#guard.free()
  }
}

/** Programs see the gradient of one parameter. */
const programName = (what: string) => (what === 'gradients' ? 'gradient' : what)
