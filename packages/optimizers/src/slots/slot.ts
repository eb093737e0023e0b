import type { DeviceSlot } from '@opt/core'
import { type Floats, type Named, place, shapeOf, sizeOf } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import { type Bounds, boundsOf } from './bounds.ts'
import type { FusedUpdate, Numbers } from './fused-update.ts'

/** One parameter with its gradient and state, as an update sees it. Entries are row-major. */
export interface Slot {
  /** The parameter's name in a record, its index in a list. */
  readonly name: string
  /** [length] for a flat parameter. */
  readonly shape: readonly number[]
  readonly length: number
  /** Steps this parameter has taken, the present one included: the papers' t, from 1. */
  readonly steps: number
  /** State in single numbers, zero at first, by the names of `Rules.numbers`. */
  readonly numbers: Record<string, number>
  /** Runs a fused update on the arrays that it names, with these numbers. */
  apply<N extends string>(update: FusedUpdate<N>, numbers: Numbers<N>): void
  /** Runs an operation in its form for memory, or in that for devices. */
  perform<T, R, K>(operation: SlotOperation<T, R, K>, argument: T): R
  /** Sets every entry of an array to one number. */
  fill(name: string, value: number): void

  /** The parameter itself. This array and the following are there in memory only: on a device, reading them throws an Error. */
  readonly parameter: Floats
  /** This step's gradient; an update may overwrite it. */
  readonly gradient: Floats
  /** What this step was given beside the gradient, by the names of `Rules.inputs`; an update may overwrite it. */
  readonly inputs: Readonly<Record<string, Floats>>
  /** State of the parameter's length, zero at first, by the names of `Rules.arrays`. */
  readonly arrays: Readonly<Record<string, Floats>>
}

/** A slot in memory: all arrays are of one type, in one memory. */
export interface MemorySlot<K = unknown> extends Slot {
  /** The kernels of `vectorKernels` and of the set that the rules name. */
  readonly kernels: K
}

/** What takes more than one pass, or needs a sum within the step: written for arrays in memory, and for a device. */
export interface SlotOperation<T, R = void, K = unknown> {
  memory(slot: MemorySlot<K>, argument: T): R
  device(slot: DeviceSlot, argument: T): R
}

/** The state of a slot: arrays, numbers and the count of steps. */
export interface SlotState {
  readonly steps: number
  readonly arrays: Readonly<Record<string, Floats>>
  readonly numbers: Readonly<Record<string, number>>
}

/** A state to go on from. */
export interface LoadedState extends SlotState {
  /** See {@link Bounds}. */
  readonly ratio: number
}

/** A slot as its store holds it. */
export abstract class HeldSlot<H extends Hyper = Hyper> {
  readonly name: string
  readonly shape: readonly number[]
  readonly length: number
  readonly numbers: Record<string, number>
  readonly arrayNames: readonly string[]
  readonly bounds: Bounds
  readonly group: ResolvedGroup<H>
  steps = 0
  /** Does it have a gradient this step? */
  active = false
  readonly #optimizer: string
  readonly #path: string

  constructor(rules: Rules<H>, { name, path, value }: Named, group: ResolvedGroup<H>) {
    this.name = name
    this.shape = shapeOf(value)
    this.length = sizeOf(value)
    this.numbers = Object.fromEntries((rules.numbers?.(group.hyper) ?? []).map((key) => [key, 0]))
    this.arrayNames = rules.arrays(group.hyper)
    this.bounds = boundsOf(this.length)
    this.group = group
    this.#optimizer = rules.name
    this.#path = path
  }

  abstract readonly dtype: 'float32' | 'float64'
  /** The names of numbers that are rounded to float32 here. */
  abstract readonly rounded: readonly string[]

  load({ steps, numbers, ratio }: LoadedState): void {
    this.steps = steps
    Object.assign(this.numbers, numbers)
    this.bounds.ratio = ratio
    this.bounds.parameter = Infinity
  }

  /** What messages about a step call one of its arrays or numbers, or an entry. */
  label(what: string, entry?: number): string {
    return `${this.#optimizer}.step: ${what}${this.#path}${entry === undefined ? '' : place(entry, this.shape)}`
  }
}

/** Where the slots of an optimizer are. `what` is 'gradients' or the name of an input. */
export interface SlotStore<H extends Hyper = Hyper> {
  readonly slots: readonly (HeldSlot<H> & Slot)[]
  /** @throws TypeError or RangeError for what is not an array of slot i's shape here. */
  check(given: unknown, i: number, what: string): void
  /** Gives slot i what step `step`, from 0, is given; with `inspect` numbers that are not finite are refused. */
  receive(given: unknown, i: number, what: string, step: number, inspect: boolean): void
  /** An array of the optimizer's own for what slot i is given. */
  own(i: number, what: string): unknown
  /** Updates the active slots; with `inspect` no number leaves its range, or nothing changes. */
  step(step: number, inspect: boolean, update: (slot: HeldSlot<H> & Slot) => void): void
  /** @throws Error on a device. */
  state(): SlotState[]
  /** The state as it is at the call. */
  stateAsync(): Promise<SlotState[]>
  load(states: readonly LoadedState[]): void
  /** @param back is told the step from which on nothing has changed. */
  settled(back: (step: number) => void): Promise<void>
  free(): void
}
