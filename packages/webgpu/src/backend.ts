import {
  type Backend,
  type DeviceSlots,
  number,
  type Program,
  refuse,
  type SlotRequest,
  type SlotRules,
  show,
} from '@opt/core'
import type { Arrays, Device, Numbers } from './device.ts'
import type { GPUMatrix } from './kernels/check.ts'
import { Operations } from './kernels/operations.ts'
import type { GPUArray } from './pool.ts'
import { Scope } from './scope.ts'
import { checkParameter, GPUSlots } from './updates/gpu-slots.ts'
import { arrayOf, floatsOf } from './values.ts'

/** A GPU, as solvers and optimizers accept it as `backend`; {@link webgpu} opens it. */
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

  /** Bytes of arrays in use, and of idle buffers. */
  get memory(): { used: number; idle: number } {
    const { used, idle } = this.#device.pool
    return { used, idle }
  }

  /** Allocates float32 numbers on the device: so many zeros, or those given. */
  array(values: number | ArrayLike<number>): GPUArray {
    return this.#device.array(typeof values === 'number' ? values : floatsOf(values, 'webgpu.array: values'))
  }

  /** Allocates a row-major matrix of zeros, or of the numbers given, row by row. */
  matrix(rows: number, columns: number, values?: ArrayLike<number>): GPUMatrix {
    number(rows, 'webgpu.matrix: rows', { integer: true, min: 0 })
    number(columns, 'webgpu.matrix: columns', { integer: true, min: 0 })
    const numbers = values === undefined ? rows * columns : floatsOf(values, 'webgpu.matrix: values')
    if (typeof numbers !== 'number' && numbers.length !== rows * columns)
      refuse('webgpu.matrix: values', `${rows * columns} numbers`, `${numbers.length}`)
    return { data: this.#device.array(numbers), rows, columns, stride: columns }
  }

  /** Writes numbers into an array, from place `at` on. */
  write(array: GPUArray, values: ArrayLike<number>, at = 0): void {
    arrayOf(this.#device, array, 'webgpu.write: array')
    number(at, 'webgpu.write: at', { integer: true, min: 0 })
    this.#device.write(array, floatsOf(values, 'webgpu.write: values'), at)
  }

  /** Sets all numbers of an array to 0. */
  clear(array: GPUArray): void {
    this.#device.clear(arrayOf(this.#device, array, 'webgpu.clear: array'))
  }

  /** Reads an array once all work queued before is done. */
  async read(array: GPUArray): Promise<Float32Array> {
    return this.#device.floats(arrayOf(this.#device, array, 'webgpu.read: array'))
  }

  /** {@link read} of several arrays in one go. */
  async readAll(arrays: readonly GPUArray[]): Promise<Float32Array[]> {
    if (!Array.isArray(arrays)) refuse('webgpu.readAll: arrays', 'a list of arrays', show(arrays), 'type')
    for (const array of arrays) arrayOf(this.#device, array, 'webgpu.readAll: array')
    return (await this.#device.read(...arrays)).map((buffer) => new Float32Array(buffer))
  }

  /** Opens a scope for arrays that are freed together. */
  scope(): Scope {
    return new Scope(this.#device)
  }

  /**
   * Runs a WGSL program on arrays and numbers by their names in it; further names are ignored.
   *
   * @param workgroups may be left out where the program has `each`.
   */
  run(program: Program, arrays: Arrays, numbers?: Numbers, workgroups?: number): void {
    this.#device.run(program, arrays, numbers, workgroups)
  }

  /**
   * Refuses what cannot be a parameter of an optimizer here: anything but an array of this device, or
   * `{ data, shape }` with one.
   */
  checkParameter(value: unknown, label: string): void {
    checkParameter(this.#device, value, label)
  }

  /** Allocates the memory of an optimizer; those of @opt call it when they are given `{ backend: gpu }`. */
  slots(requests: readonly SlotRequest[], rules: SlotRules): DeviceSlots {
    return new GPUSlots(this.#device, requests, rules)
  }

  /**
   * WebGPU's device, for shaders of your own on the `buffer` of an array. Work queued here is submitted first, so that
   * yours comes after it.
   */
  get device(): GPUDevice {
    this.#device.flush()
    return this.#device.gpu
  }

  /** Ends all work and frees the device. */
  close(): void {
    this.#device.destroy()
  }
}
