import { allocate, refuse, vectorKernels } from '@opt/core'
import {
  type Floats,
  fits,
  gather,
  isFloat32,
  isNdArray,
  type Named,
  type Parameter,
  place,
  refuseShape,
  scatter,
  sizeOf,
} from '../parameters.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import { staysInRange } from './bounds.ts'
import type { BoundUpdate, FusedUpdate, Numbers } from './fused-update.ts'
import {
  HeldSlot,
  type LoadedState,
  type MemorySlot,
  type SlotOperation,
  type SlotState,
  type SlotStore,
} from './slot.ts'
import { Trial } from './trial.ts'

/** The arrays of a slot. */
interface Arrays {
  readonly parameter: Floats
  readonly gradient: Floats
  readonly inputs: Readonly<Record<string, Floats>>
  readonly arrays: Readonly<Record<string, Floats>>
}

type VectorKernels = ReturnType<typeof allocate<[typeof vectorKernels], object>>['kernels']
type Kernels = VectorKernels & Readonly<Record<string, unknown>>

/** A slot in the optimizer's memory. */
export class HeldArrays<H extends Hyper = Hyper> extends HeldSlot<H> implements MemorySlot {
  readonly parameter: Floats
  readonly gradient: Floats
  readonly inputs: Readonly<Record<string, Floats>>
  readonly arrays: Readonly<Record<string, Floats>>
  readonly kernels: Kernels
  /** The caller's array; null if the optimizer is resident. */
  readonly source: Parameter | null
  readonly rounded: readonly string[] = []
  readonly #bound = new Map<object, BoundUpdate>()

  constructor(
    rules: Rules<H>,
    named: Named,
    group: ResolvedGroup<H>,
    { parameter, gradient, inputs, arrays }: Arrays,
    kernels: Kernels,
    source: Parameter | null,
  ) {
    super(rules, named, group)
    this.parameter = parameter
    this.gradient = gradient
    this.inputs = inputs
    this.arrays = arrays
    this.kernels = kernels
    this.source = source
  }

  get dtype(): 'float32' | 'float64' {
    return isFloat32(this.parameter) ? 'float32' : 'float64'
  }

  apply<N extends string>(update: FusedUpdate<N>, numbers: Numbers<N>): void {
    const bound = (this.#bound.get(update) as BoundUpdate<N> | undefined) ?? this.#bind(update)
    bound(numbers)
  }

  /** Binds an update to the slot's arrays, at its first use. */
  #bind<N extends string>(update: FusedUpdate<N>): BoundUpdate<N> {
    const { parameter, gradient, inputs, arrays, kernels, length } = this
    const bind = (kernels[update.name] ?? update.bind(null)) as ReturnType<FusedUpdate<N>['bind']>
    const bound = bind(length, { parameter, gradient, ...inputs, ...arrays })
    this.#bound.set(update, bound as BoundUpdate)
    return bound
  }

  perform<T, R, K>(operation: SlotOperation<T, R, K>, argument: T): R {
    return operation.memory(this as unknown as MemorySlot<K>, argument)
  }

  fill(name: string, value: number): void {
    this.arrays[name].fill(value)
  }

  /** @throws RangeError for the first entry that is not finite. */
  checkFinite(values: Floats, label: (entry: number) => string): void {
    const bad = this.kernels.nonFinite(values.length, values)
    if (bad >= 0) refuse(label(bad), 'a finite number', String(values[bad]))
  }

  /** Sets the bounds by reading the arrays. */
  measure(squares: readonly string[]): void {
    const { length, parameter, source, arrays, kernels, bounds } = this
    if (source !== null) gather(source, parameter)
    bounds.parameter = kernels.peak(length, parameter)
    bounds.state = 0
    for (const name in arrays) {
      const peak = kernels.peak(length, arrays[name])
      bounds.state = Math.max(bounds.state, squares.includes(name) ? Math.sqrt(peak) : peak)
    }
  }
}

/** The slots of an optimizer whose parameters are in memory. */
export class MemoryStore<H extends Hyper> implements SlotStore<H> {
  readonly slots: readonly HeldArrays<H>[]
  readonly #rules: Rules<H>
  readonly #trial: Trial

  /** @throws RangeError when an entry of a parameter is not finite. */
  constructor(rules: Rules<H>, parameters: readonly Named[], groups: readonly ResolvedGroup<H>[], resident: boolean) {
    const { name, inputs = [], kernels: set } = rules
    const { all, kernels } = allocate(set ? [vectorKernels, set] : [vectorKernels], (views) => ({
      all: parameters.map(({ value }, i): Arrays => {
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
      return new HeldArrays(rules, one, groups[i], all[i], kernels as Kernels, source)
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
    if ((isNdArray(given) ? given.data : given) !== to) gather(given, to)
    if (!inspect) return
    const peak = slot.kernels.peak(slot.length, to)
    if (!(peak < Infinity)) slot.checkFinite(to, (entry) => slot.label(what, entry))
    slot.bounds.gradient = what === 'gradients' ? peak : Math.max(slot.bounds.gradient, peak)
  }

  own(i: number, what: string): Floats {
    return what === 'gradients' ? this.slots[i].gradient : this.slots[i].inputs[what]
  }

  step(_: number, inspect: boolean, update: (slot: HeldArrays<H>) => void): void {
    if (!inspect || this.#isCalm()) this.#update(update)
    else this.#trial.run(() => this.#update(update))
  }

  #update(update: (slot: HeldArrays<H>) => void): void {
    for (const slot of this.slots) {
      if (!slot.active) continue
      if (slot.source !== null) gather(slot.source, slot.parameter)
      slot.steps++
      update(slot)
      if (slot.source !== null) scatter(slot.parameter, slot.source)
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
