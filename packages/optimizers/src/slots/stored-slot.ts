import { type Floats, type Named, place, shapeOf, sizeOf } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import { type Bounds, boundsOf } from './bounds.ts'
import type { Slot } from './slot.ts'

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
export abstract class StoredSlot<H extends Hyper = Hyper> {
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
  readonly slots: readonly (StoredSlot<H> & Slot)[]
  /** @throws TypeError or RangeError unless `given` is an array of slot i's shape in the right place. */
  check(given: unknown, i: number, what: string): void
  /** Sets the gradient or an input of slot i for a step, from 0; with `inspect` it must be finite. */
  receive(given: unknown, i: number, what: string, step: number, inspect: boolean): void
  /** Returns the optimizer's own array for the gradient or an input of slot i. */
  own(i: number, what: string): unknown
  /** Updates the active slots; with `inspect` all numbers stay finite, or nothing changes. */
  step(step: number, inspect: boolean, update: (slot: StoredSlot<H> & Slot) => void): void
  /** @throws Error on a device. */
  state(): SlotState[]
  /** Returns the state at the time of the call. */
  stateAsync(): Promise<SlotState[]>
  load(states: readonly LoadedState[]): void
  /** @param back is called with the step that was blocked, if one was. */
  settled(back: (step: number) => void): Promise<void>
  free(): void
}
