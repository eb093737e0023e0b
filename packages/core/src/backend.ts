import type { DeviceSlot, DeviceSlots, SlotRequest } from './device-optimizers.ts'
import type { TransportInput, TransportPlan } from './device-transport.ts'
import { refuse, show } from './errors.ts'

/** Float32 numbers on a device. */
export interface DeviceArray {
  readonly length: number
  /** Gives the memory back; the array may not be used after it. */
  free(): void
}

/** A device that can take over the work of solvers; `await webgpu()` of @opt/webgpu makes one. */
export interface Backend {
  /** What it is, for people. */
  readonly name: string
  /** Can it still work? */
  readonly usable: boolean
  /** A device holds the problem from now on, until `free()`. */
  transport(input: TransportInput): TransportPlan
  /** Refuses what cannot be a parameter of an optimizer here. */
  checkParameter(value: unknown, label: string): void
  /** Gives slots of an optimizer `parameter`, `gradient`, `inputs`, `arrays`, `kept`, `kernels` and `device`. */
  hold(slots: readonly DeviceSlot[], request: SlotRequest): DeviceSlots
}

/** What solvers take as `backend`: a device, or 'auto' for the one that is open, if there is one, and else the CPU. */
export type BackendChoice = Backend | 'auto'

let open: Backend | undefined
let said = false

/** Makes a backend the one that 'auto' finds. */
export function offerBackend(backend: Backend): void {
  open = backend
}

/**
 * The device that was chosen; null for the CPU.
 *
 * @throws TypeError when the choice is neither a device nor 'auto'.
 */
export function chosenBackend(choice: BackendChoice | undefined): Backend | null {
  if (choice === undefined || choice === null) return null
  if (choice !== 'auto') {
    if (typeof choice.transport !== 'function' && typeof choice.hold !== 'function')
      refuse('backend', "a device or 'auto'", show(choice), 'type')
    return choice
  }
  if (open?.usable) return open
  fallBack('no device is open')
  return null
}

/** Says once that 'auto' means the CPU, and why. */
export function fallBack(why: string): void {
  if (said) return
  said = true
  console.warn(`@opt: backend 'auto' works on the CPU: ${why}`)
}
