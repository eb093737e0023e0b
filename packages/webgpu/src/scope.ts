import type { DeviceScope } from '@opt/core'
import type { Device } from './device.ts'
import type { GPUArray } from './pool.ts'

/** Arrays that are freed together. */
export class Scope implements DeviceScope {
  readonly #device: Device
  readonly #arrays: GPUArray[] = []

  constructor(device: Device) {
    this.#device = device
  }

  /** {@link Device.array}, freed with the scope. */
  array(values: number | ArrayLike<number>): GPUArray {
    const array = this.#device.array(values)
    this.#arrays.push(array)
    return array
  }

  free(): void {
    for (const array of this.#arrays) array.free()
    this.#arrays.length = 0
  }
}
