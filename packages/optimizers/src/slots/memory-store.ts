import { allocate, scanKernels } from '@opt/core'
import { gather } from '../gather.ts'
import {
  type Floats,
  fits,
  isFloat32,
  isNdArray,
  type Named,
  type Parameter,
  place,
  refuseShape,
  sizeOf,
} from '../parameters.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import { staysInRange } from './bounds.ts'
import { type SlotArrays, SlotInMemory, type SlotKernels } from './memory-slot.ts'
import type { LoadedState, SlotState, SlotStore } from './stored-slot.ts'
import { Trial } from './trial.ts'

/** The slots of an optimizer whose parameters are in memory. */
export class MemoryStore<H extends Hyper> implements SlotStore<H> {
  readonly slots: readonly SlotInMemory<H>[]
  readonly #rules: Rules<H>
  readonly #trial: Trial

  /** @throws RangeError when an entry of a parameter is not finite. */
  constructor(rules: Rules<H>, parameters: readonly Named[], groups: readonly ResolvedGroup<H>[], resident: boolean) {
    const { name, inputs = [], kernels: set } = rules
    const { all, kernels } = allocate(set ? [scanKernels, set] : [scanKernels], (views) => ({
      all: parameters.map(({ value }, i): SlotArrays => {
        const single = isFloat32(isNdArray(value) ? value.data : value)
        const length = sizeOf(value)
        const array = (): Floats => (single ? views.f32(length) : views.f64(length))
        const named = (names: readonly string[]) => Object.fromEntries(names.map((key) => [key, array()]))
        return {
          parameter: array(),
          gradient: array(),
          inputs: named(inputs),
          arrays: named(rules.arrays(groups[i].hyper)),
        }
      }),
    }))
    this.slots = parameters.map((one, i) => {
      const source = resident ? null : one.value
      return new SlotInMemory(rules, one, groups[i], all[i], kernels as SlotKernels, source)
    })
    this.#rules = rules
    this.#trial = new Trial(this.slots)
    this.slots.forEach((slot, i) => {
      gather(parameters[i].value, slot.parameter)
      const label = `${name}: parameters${parameters[i].path}`
      slot.checkFinite(slot.parameter, (entry) => label + place(entry, slot.shape))
    })
  }

  check(given: unknown, i: number, what: string): void {
    const slot = this.slots[i]
    if (!fits(given, slot.shape, slot.length)) refuseShape(given, slot.shape, slot.length, slot.label(what))
  }

  receive(given: Parameter, i: number, what: string, _: number, inspect: boolean): void {
    const slot = this.slots[i]
    const to = this.own(i, what)
    if (!inspect) {
      if ((isNdArray(given) ? given.data : given) !== to) gather(given, to)
      return
    }
    const peak = slot.take(given, to)
    if (!(peak < Infinity)) slot.checkFinite(to, (entry) => slot.label(what, entry))
    slot.bounds.gradient = what === 'gradients' ? peak : Math.max(slot.bounds.gradient, peak)
  }

  own(i: number, what: string): Floats {
    return what === 'gradients' ? this.slots[i].gradient : this.slots[i].inputs[what]
  }

  step(_: number, inspect: boolean, update: (slot: SlotInMemory<H>) => void): void {
    if (!inspect || this.#isCalm()) this.#update(update)
    else this.#trial.run(() => this.#update(update, true))
  }

  #update(update: (slot: SlotInMemory<H>) => void, whole = false): void {
    for (const slot of this.slots) {
      if (!slot.active) continue
      slot.open(whole)
      slot.steps++
      update(slot)
      slot.close()
    }
  }

  /** Tells whether all numbers of the step stay in range; a slot is measured if its bounds alone do not tell. */
  #isCalm(): boolean {
    const rules = this.#rules
    if (!rules.bound) return false
    for (const slot of this.slots) {
      if (!slot.active || staysInRange(rules, slot)) continue
      slot.measure(rules.squares ?? [])
      if (!staysInRange(rules, slot)) return false
    }
    return true
  }

  state(): SlotState[] {
    return this.slots.map(({ steps, arrays, numbers }) => ({ steps, arrays, numbers }))
  }

  async stateAsync(): Promise<SlotState[]> {
    const copies = (arrays: Readonly<Record<string, Floats>>) =>
      Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice()]))
    return this.slots.map(({ steps, arrays, numbers }) => ({ steps, arrays: copies(arrays), numbers: { ...numbers } }))
  }

  load(states: readonly LoadedState[]): void {
    this.slots.forEach((slot, i) => {
      slot.load(states[i])
      for (const name in slot.arrays) slot.arrays[name].set(states[i].arrays[name])
    })
  }

  async settled(): Promise<void> {}

  free(): void {}
}
