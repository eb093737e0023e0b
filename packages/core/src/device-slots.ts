import type { DeviceArray } from './backend.ts'
import type { Program } from './program.ts'

/** Options of {@link DeviceSlot.run}. */
export interface SlotRun {
  /** Default: as many as the program's `each` needs. */
  readonly workgroups?: number | undefined
  /** Lengths of the scratch arrays that it uses. All slots share them; they last until the end of the slot's update. */
  readonly scratch?: Readonly<Record<string, number>> | undefined
}

/** One parameter of an optimizer and its state on a device. */
export interface DeviceSlot {
  readonly length: number
  readonly shape: readonly number[]
  /**
   * Runs a program, unless a number that is not finite has been found. Its arrays are 'parameter',
   * 'gradient', the slot's inputs and state arrays, 'numbers' (the state numbers on the device) and
   * scratch; its numbers are those given, and `n`, the slot's length. A gradient or input that it
   * writes is copied first.
   */
  run(program: Program, numbers: Readonly<Record<string, number>>, options?: SlotRun): void
  /** Sets all entries of a state array to one number. */
  fill(name: string, value: number): void
  /** Uploads a state array or an input. */
  set(name: string, values: Float32Array): void
}

/** The memory that an optimizer requests for one parameter. */
export interface SlotRequest {
  /** The parameter as it was given. */
  readonly value: unknown
  readonly length: number
  readonly shape: readonly number[]
  /** The names of its state arrays. */
  readonly arrays: readonly string[]
}

/** What the slots of an optimizer have in common. */
export interface SlotRules {
  /** The names of arrays that a step gets besides the gradients. */
  readonly inputs: readonly string[]
  /** The names of state numbers that updates compute on the device. */
  readonly numbers: readonly string[]
  /** The names of state arrays that hold squares. */
  readonly squares: readonly string[]
  /** Gradients and inputs must be smaller than this power of two. */
  readonly below: number
}

/** The state of a slot, read or to be loaded. */
export interface SlotContents {
  readonly arrays: Readonly<Record<string, Float32Array>>
  readonly numbers: Readonly<Record<string, number>>
}

/** The first number found that is not finite, or too large. */
export interface SlotFinding {
  readonly what: string
  readonly slot: number
  readonly entry: number
  readonly step: number
}

/**
 * The slots of an optimizer on a device. `what` is 'gradients', 'parameters', or the name of an input
 * or state array.
 */
export interface DeviceSlots {
  readonly slots: readonly DeviceSlot[]
  /** @throws TypeError or RangeError unless `given` is an array of the device, of slot i's length and shape. */
  check(given: unknown, i: number, label: string): void
  /** Sets the gradient or an input of slot i for a step, from 0; with `inspect` its numbers are checked. */
  receive(given: unknown, i: number, what: string, step: number, inspect: boolean): void
  /**
   * Checks, before a step, that slot i's parameter and state are finite and smaller than `below`, a power
   * of two; squares must be smaller than its square.
   */
  confine(i: number, step: number, below: number): void
  /** Records the caller's numbers for slot i, as they are before a step. */
  record(i: number, step: number, numbers: readonly number[]): void
  /** Returns the optimizer's own array for the gradient or an input of slot i. */
  own(i: number, what: string): DeviceArray
  /**
   * Waits until all steps are done.
   *
   * @param back is called if a number was found, with its step and each slot's numbers recorded before
   *   that step. Nothing on the device has changed since that step, and programs run again.
   * @returns what was found; null if nothing.
   */
  settled(back: (step: number, recorded: readonly (readonly number[])[]) => void): Promise<SlotFinding | null>
  /** Reads the state of all slots as it is at the call. */
  read(): Promise<SlotContents[]>
  /** Replaces the state of all slots, and forgets what was found. */
  load(contents: readonly SlotContents[]): void
  free(): void
}
