import type { DeviceOperations } from './device-operations.ts'
import type { DeviceSlots, SlotRequest, SlotRules } from './device-slots.ts'
import { refuse, show } from './errors.ts'
import type { Program } from './program.ts'

/** Numbers of 4 bytes on a device, float32 unless a program declares another type. */
export interface DeviceArray {
  readonly length: number
  /** Gives the memory back; the array may not be used after it. */
  free(): void
}

/** Arrays that are freed together. */
export interface DeviceScope {
  /** {@link Backend.array}, freed with the scope. */
  array(values: number | ArrayLike<number>): DeviceArray
  free(): void
}

/**
 * A device that can take over the work of solvers; `await webgpu()` of @opt/webgpu makes one. Work is queued and done
 * in the order of the calls; only reading waits for it. The general operations are those of the core's kernels.
 */
export interface Backend extends DeviceOperations {
  /** What it is, for people. */
  readonly name: string
  /** Whether it can still work. */
  readonly usable: boolean
  /** Allocates float32 numbers: so many zeros, or those given. */
  array(values: number | ArrayLike<number>): DeviceArray
  /** Opens a scope for arrays that are freed together. */
  scope(): DeviceScope
  /** Writes float32 numbers into an array, from place `at` on. */
  write(array: DeviceArray, values: ArrayLike<number>, at?: number): void
  /** Sets all numbers of an array to 0. */
  clear(array: DeviceArray): void
  /**
   * Reads an array once all work queued before is done. Integers are the same bits: wrap the buffer in a
   * Uint32Array.
   */
  read(array: DeviceArray): Promise<Float32Array>
  /** {@link read} of several arrays in one go. */
  readAll(arrays: readonly DeviceArray[]): Promise<Float32Array[]>
  /**
   * Runs a program on arrays and numbers by their names in it; further names are ignored.
   *
   * @param workgroups may be left out where the program has `each`.
   */
  run(
    program: Program,
    arrays: Readonly<Record<string, DeviceArray>>,
    numbers?: Readonly<Record<string, number>>,
    workgroups?: number,
  ): void
  /** Refuses what cannot be a parameter of an optimizer here. */
  checkParameter(value: unknown, label: string): void
  /** The memory of an optimizer: its parameters where they are, its state as zeros. */
  slots(requests: readonly SlotRequest[], rules: SlotRules): DeviceSlots
}

/** What solvers take as `backend`: a device, or 'auto' for the one that is open, if there is one, and else the CPU. */
export type BackendChoice = Backend | 'auto'

let open: Backend | undefined
let warned = false

/** Makes a backend the one that 'auto' finds. */
export function offerBackend(backend: Backend): void {
  open = backend
}

/**
 * Returns the device that was chosen; null for the CPU.
 *
 * @throws TypeError when the choice is neither a device nor 'auto'.
 */
export function chosenBackend(choice: BackendChoice | undefined): Backend | null {
  if (choice === undefined || choice === null) return null
  if (choice !== 'auto') {
    if (typeof choice.run !== 'function' && typeof choice.slots !== 'function')
      refuse('backend', "a device or 'auto'", show(choice), 'type')
    return choice
  }
  if (open?.usable) return open
  fallBack('no device is open')
  return null
}

/** Warns, once, that 'auto' means the CPU, and why. */
export function fallBack(why: string): void {
  if (warned) return
  warned = true
  console.warn(`@opt: backend 'auto' works on the CPU: ${why}`)
}
