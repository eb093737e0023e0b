import type { DeviceSlot } from '@opt/core'
import type { Named } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import type { Hyper, ResolvedGroup } from '../settings.ts'
import type { FusedUpdate, Numbers } from './fused-update.ts'
import type { Slot, SlotOperation } from './slot.ts'
import { StoredSlot } from './stored-slot.ts'

/** A slot whose arrays are on a device. */
export class SlotOnDevice<H extends Hyper> extends StoredSlot<H> implements Slot {
  readonly dtype = 'float32'
  readonly rounded: readonly string[]
  readonly #device: DeviceSlot

  constructor(rules: Rules<H>, named: Named, group: ResolvedGroup<H>, device: DeviceSlot) {
    super(rules, named, group)
    this.rounded = rules.onDevice?.numbers ?? []
    this.#device = device
  }

  /** The names of the state numbers that are not on the device. */
  get ownNumbers(): string[] {
    return Object.keys(this.numbers).filter((name) => !this.rounded.includes(name))
  }

  apply<N extends string>(update: FusedUpdate<N>, numbers: Numbers<N>): void {
    const coefficients = update.coefficients(numbers)
    const program = update.program(coefficients)
    if (!program) throw new Error(`${this.label('update')}: ${update.name} has no form for devices`)
    this.#device.run(program, coefficients)
  }

  perform<T, R, K>(operation: SlotOperation<T, R, K>, argument: T): R {
    return operation.device(this.#device, argument)
  }

  fill(name: string, value: number): void {
    this.#device.fill(name, value)
  }

  get parameter(): never {
    return this.#absent('parameter')
  }

  get gradient(): never {
    return this.#absent('gradient')
  }

  get inputs(): never {
    return this.#absent('inputs')
  }

  get arrays(): never {
    return this.#absent('arrays')
  }

  #absent(what: string): never {
    throw new Error(`${this.label(what)} cannot be read on a device: use slot.apply or slot.perform`)
  }
}
