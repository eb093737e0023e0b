import type { Backend, TransportInput, TransportPlan } from '@opt/core'
import type { Device } from './device.ts'
import { Operations } from './kernels/operations.ts'
import type { GPUArray } from './pool.ts'
import { DevicePlan } from './transport/device-plan.ts'

/** A GPU that solvers take as `backend`; {@link webgpu} opens it. */
export class WebGPUBackend extends Operations implements Backend {
  readonly #device: Device

  constructor(device: Device) {
    super(device)
    this.#device = device
  }

  get name(): string {
    return this.#device.name
  }

  get usable(): boolean {
    return this.#device.usable
  }

  /** Bytes of arrays in use, and of buffers that wait for their next use. */
  get memory(): { used: number; idle: number } {
    const { used, idle } = this.#device.pool
    return { used, idle }
  }

  transport(input: TransportInput): TransportPlan {
    return new DevicePlan(this.#device, input)
  }

  /** Float32 numbers on the device: so many zeros, or those given. */
  array(values: number | ArrayLike<number>): GPUArray {
    return this.#device.array(values)
  }

  /** The numbers of an array, when all that was asked before is done. */
  read(array: GPUArray): Promise<Float32Array> {
    return this.#device.floats(array)
  }

  /** Ends all work and gives the device back. */
  close(): void {
    this.#device.destroy()
  }
}
