import { type Backend, type DeviceArray, type DeviceSlots, refuse, type SlotContents } from '@opt/core'
import { type Named, shapeOf, sizeOf } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import { staysInRange } from './bounds.ts'
import { SlotOnDevice } from './device-slot.ts'
import type { LoadedState, SlotState, SlotStore } from './stored-slot.ts'

/** Gradients and parameters on a device must be smaller, so that float32 has room for sums of their squares. */
const BELOW = 35184372088832 // 2^45

/** The slots of an optimizer whose parameters are on a device. */
export class DeviceStore<H extends Hyper> implements SlotStore<H> {
  readonly slots: readonly SlotOnDevice<H>[]
  readonly #rules: Rules<H>
  readonly #device: DeviceSlots
  readonly #below: number

  constructor(rules: Rules<H>, parameters: readonly Named[], groups: readonly ResolvedGroup<H>[], backend: Backend) {
    const { inputs = [], squares = [], onDevice: { numbers = [], below = BELOW } = {} } = rules
    const requests = parameters.map(({ value }, i) => ({
      value,
      length: sizeOf(value),
      shape: shapeOf(value),
      arrays: rules.arrays(groups[i].hyper),
    }))
    this.#rules = rules
    this.#below = below
    this.#device = backend.slots(requests, { inputs, numbers, squares, below })
    this.slots = this.#device.slots.map((slot, i) => new SlotOnDevice(rules, parameters[i], groups[i], slot))
  }

  check(given: unknown, i: number, what: string): void {
    this.#device.check(given, i, this.slots[i].label(what))
  }

  receive(given: unknown, i: number, what: string, step: number, inspect: boolean): void {
    this.#device.receive(given, i, what, step, inspect)
  }

  own(i: number, what: string): DeviceArray {
    return this.#device.own(i, what)
  }

  step(step: number, inspect: boolean, update: (slot: SlotOnDevice<H>) => void): void {
    if (inspect) for (let i = 0; i < this.slots.length; i++) this.#confine(i, step)
    this.slots.forEach((slot, i) => {
      this.#device.record(i, step, [slot.steps, ...slot.ownNumbers.map((name) => slot.numbers[name])])
      if (!slot.active) return
      slot.steps++
      update(slot)
    })
  }

  /** Checks the bounds of a slot; if they do not suffice, the device inspects parameter and state. */
  #confine(i: number, step: number): void {
    const slot = this.slots[i]
    const { active, bounds, group } = slot
    if (!active) return
    bounds.gradient = this.#below
    if (staysInRange(this.#rules, slot)) return
    bounds.parameter = BELOW
    bounds.state = BELOW
    if (!staysInRange(this.#rules, slot)) {
      bounds.parameter = Infinity
      const allowed = 'such that no step can leave the range of float32 on a device'
      const given = `a learning rate of ${group.hyper.learningRate} with these decay rates, epsilon and penalties`
      refuse(`${this.#rules.name}.step: options`, allowed, given)
    }
    this.#device.confine(i, step, BELOW)
  }

  state(): never {
    throw new Error(`${this.#rules.name}.state: on a device the state is read by await stateAsync()`)
  }

  async stateAsync(): Promise<SlotState[]> {
    const here = this.slots.map(({ steps, numbers }) => ({ steps, numbers: { ...numbers } }))
    const there = await this.#device.read()
    return here.map(({ steps, numbers }, i) => ({
      steps,
      arrays: there[i].arrays,
      numbers: { ...numbers, ...there[i].numbers },
    }))
  }

  load(states: readonly LoadedState[]): void {
    this.slots.forEach((slot, i) => void slot.load(states[i]))
    this.#device.load(states as readonly (LoadedState & SlotContents)[])
  }

  async settled(back: (step: number) => void): Promise<void> {
    const finding = await this.#device.settled((step, recorded) => {
      this.slots.forEach((slot, i) => {
        const [steps, ...numbers] = recorded[i]
        slot.steps = steps
        slot.bounds.parameter = Infinity
        slot.ownNumbers.forEach((name, k) => {
          slot.numbers[name] = numbers[k]
        })
      })
      back(step)
    })
    if (!finding) return
    const { slot, what, entry, step } = finding
    const allowed = 'a finite number, and not too large for float32'
    refuse(this.slots[slot].label(what, entry), allowed, `another at step ${step}; nothing has changed since`)
  }

  free(): void {
    this.#device.free()
  }
}
