import type { DeviceArray } from './backend.ts'
import type { Program } from './program.ts'

/** Options of {@link DeviceSlot.run}. */
export interface SlotRun {
  readonly workgroups?: number | undefined
  readonly scratch?: Readonly<Record<string, number>> | undefined
}

/** One parameter of an optimizer and its state on a device: arrays by name, and scratch that all slots share. */
export interface DeviceSlot {
  readonly length: number
  readonly shape: readonly number[]
  /**
   * Runs a program, unless an earlier step has found a number that is not finite. Its arrays are 'parameter', 'gradient', the slot's
   * inputs, its state arrays, 'numbers' (the state numbers on the device) and scratch; its numbers are those given, and `n`, the
   * slot's length.
   *
   * @param options.workgroups may be left out where the program has `each`.
   * @param options.scratch the lengths of the scratch arrays that it uses; their contents last until the end of the slot's update.
   */
  run(program: Program, numbers: Readonly<Record<string, number>>, options?: SlotRun): void
  /** Sets every entry of an array to one number. */
  fill(name: string, value: number): void
  /** Uploads an array. */
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

/** What all slots of an optimizer have in common. */
export interface SlotRules {
  /** The names of arrays that a step is given beside the gradients. */
  readonly inputs: readonly string[]
  /** The names of state numbers that updates compute on the device. */
  readonly numbers: readonly string[]
  /** Arrays that hold squares. */
  readonly squares: readonly string[]
  /** What a step is given must be smaller than this power of two. */
  readonly below: number
}

/** State of a slot as it is read and loaded. */
export interface SlotContents {
  readonly arrays: Readonly<Record<string, Float32Array>>
  readonly numbers: Readonly<Record<string, number>>
}

/** The first number found that is not finite, or too large: in what, of which slot, at which entry, at which step. */
export interface SlotFinding {
  readonly what: string
  readonly slot: number
  readonly entry: number
  readonly step: number
}

/** The slots of an optimizer on a device. `what` is 'gradients', 'parameters', or the name of an input or state array. */
export interface DeviceSlots {
  readonly slots: readonly DeviceSlot[]
  /** Refuses what is not an array of the device, of slot i's length and shape. */
  check(given: unknown, i: number, label: string): void
  /** Gives slot i its gradient or an input for step `step`, from 0, and looks for numbers that are not finite or too large. */
  receive(given: unknown, i: number, what: string, step: number, inspect: boolean): void
  /**
   * Looks for numbers in what slot i holds before that step that are not finite, or not smaller than `below`, a power of two (squares:
   * than its square).
   */
  confine(i: number, step: number, below: number): void
  /** Records numbers of the caller for slot i, as they are before that step. */
  record(i: number, step: number, numbers: readonly number[]): void
  /** An array of the optimizer's own for what slot i is given. */
  own(i: number, what: string): DeviceArray
  /**
   * Waits until all steps are done.
   *
   * @param back is called when something was found, with the step that found it and the numbers recorded before that step, by slot:
   *   nothing has changed on the device since, and updates work again.
   */
  settled(back: (step: number, recorded: readonly (readonly number[])[]) => void): Promise<SlotFinding | null>
  /** Reads the state of all slots as it is at the call. */
  read(): Promise<SlotContents[]>
  /** Replaces the state of all slots, and forgets what was found. */
  load(contents: readonly SlotContents[]): void
  free(): void
}
