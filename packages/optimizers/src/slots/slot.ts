import type { DeviceSlot } from '@opt/core'
import { type Floats, type Named, place, shapeOf, sizeOf } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import { type Bounds, boundsOf } from './bounds.ts'
import type { FusedUpdate, Numbers } from './fused-update.ts'

/** One parameter with its gradient and state, as an update sees it. Arrays are row-major. */
export interface Slot {
  /** The parameter's name in a record, its index in a list. */
  readonly name: string
  /** [length] for a flat parameter. */
  readonly shape: readonly number[]
  readonly length: number
  /** The number of steps of this parameter, the current one included: the papers' t, from 1. */
  readonly steps: number
  /** State numbers by the names of `Rules.numbers`; 0 at first. */
  readonly numbers: Record<string, number>
  /** Runs a fused update on the arrays that it names. */
  apply<N extends string>(update: FusedUpdate<N>, numbers: Numbers<N>): void
  /** Runs the form of an operation for memory or for devices. */
  perform<T, R, K>(operation: SlotOperation<T, R, K>, argument: T): R
  /** Sets all entries of a state array to one number. */
  fill(name: string, value: number): void

  /** The parameter. On a device, reading this array or the following ones throws an Error. */
  readonly parameter: Floats
  /** This step's gradient; an update may overwrite it. */
  readonly gradient: Floats
  /** This step's inputs, by the names of `Rules.inputs`; an update may overwrite them. */
  readonly inputs: Readonly<Record<string, Floats>>
  /** State arrays by the names of `Rules.arrays`, of the parameter's length; zeros at first. */
  readonly arrays: Readonly<Record<string, Floats>>
}

/** A slot in memory, whose arrays have one type. */
export interface MemorySlot<K = unknown> extends Slot {
  /** The kernels of `vectorKernels` and of `Rules.kernels`. */
  readonly kernels: K
}

/** A part of an update that takes more than one pass or needs a reduction, in two forms. */
export interface SlotOperation<T, R = void, K = unknown> {
  memory(slot: MemorySlot<K>, argument: T): R
  device(slot: DeviceSlot, argument: T): R
}

/** The state of a slot. */
export interface SlotState {
  readonly steps: number
  readonly arrays: Readonly<Record<string, Floats>>
  readonly numbers: Readonly<Record<string, number>>
}

/** A decoded saved state. */
export interface LoadedState extends SlotState {
  /** See {@link Bounds.ratio}. */
  readonly ratio: number
}

/** A slot with what its store and its optimizer need. */
export abstract class HeldSlot<H extends Hyper = Hyper> {
  readonly name: string
  readonly shape: readonly number[]
  readonly length: number
  readonly numbers: Record<string, number>
  readonly arrayNames: readonly string[]
  readonly bounds: Bounds
  readonly group: ResolvedGroup<H>
  steps = 0
  /** Whether it has a gradient this step. */
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
  /** The names of state numbers that are stored as float32. */
  abstract readonly rounded: readonly string[]

  load({ steps, numbers, ratio }: LoadedState): void {
    this.steps = steps
    Object.assign(this.numbers, numbers)
    this.bounds.ratio = ratio
    this.bounds.parameter = Infinity
  }

  /** Returns the name of an array, a number or an entry in messages about a step. */
  label(what: string, entry?: number): string {
    return `${this.#optimizer}.step: ${what}${this.#path}${entry === undefined ? '' : place(entry, this.shape)}`
  }
}

/** The slots of an optimizer, in memory or on a device. `what` is 'gradients' or the name of an input. */
export interface SlotStore<H extends Hyper = Hyper> {
  readonly slots: readonly (HeldSlot<H> & Slot)[]
  /** @throws TypeError or RangeError unless `given` is an array of slot i's shape in the right place. */
  check(given: unknown, i: number, what: string): void
  /** Sets the gradient or an input of slot i for a step, from 0; with `inspect` it must be finite. */
  receive(given: unknown, i: number, what: string, step: number, inspect: boolean): void
  /** Returns the optimizer's own array for the gradient or an input of slot i. */
  own(i: number, what: string): unknown
  /** Updates the active slots; with `inspect` all numbers stay finite, or nothing changes. */
  step(step: number, inspect: boolean, update: (slot: HeldSlot<H> & Slot) => void): void
  /** @throws Error on a device. */
  state(): SlotState[]
  /** Returns the state at the time of the call. */
  stateAsync(): Promise<SlotState[]>
  load(states: readonly LoadedState[]): void
  /** @param back is called with the step that was blocked, if one was. */
  settled(back: (step: number) => void): Promise<void>
  free(): void
}
