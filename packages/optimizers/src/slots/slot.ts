import type { DeviceSlot } from '@opt/core'
import type { Floats } from '../parameters.ts'
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
  /** Whether it has a gradient this step. */
  readonly active: boolean
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
  /** The kernels of `scanKernels` and of `Rules.kernels`. */
  readonly kernels: K
}

/** A part of an update that takes more than one pass or needs a reduction, in two forms. */
export interface SlotOperation<T, R = void, K = unknown> {
  memory(slot: MemorySlot<K>, argument: T): R
  device(slot: DeviceSlot, argument: T): R
}
