import type { DeviceArray } from '@opt/core'
import { refuse } from '@opt/core'

/** The most bytes of idle buffers that are kept for the next arrays. */
const IDLE = 268435456

export const Usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const

/** Numbers of 4 bytes in a buffer of the device. */
export class GPUArray implements DeviceArray {
  readonly length: number
  /** Number of the buffer: the key of bind groups. */
  readonly key: number
  readonly #pool: Pool
  #buffer: GPUBuffer | null

  constructor(pool: Pool, length: number, buffer: GPUBuffer, key: number) {
    this.#pool = pool
    this.length = length
    this.#buffer = buffer
    this.key = key
  }

  /** The buffer that holds it. */
  get buffer(): GPUBuffer {
    return this.#buffer ?? refuse('webgpu: array', 'one that has not been freed', 'a freed one')
  }

  /** Frees the memory. The array may not be used after it; freeing it again does nothing. */
  free(): void {
    if (this.#buffer) this.#pool.reclaim(this.#buffer, this.key)
    this.#buffer = null
  }

  /** Whether it belongs to this pool and is in use. */
  of(pool: Pool): boolean {
    return this.#pool === pool && this.#buffer !== null
  }
}

/** Buffers in use, and idle buffers by size. */
export class Pool {
  readonly #gpu: GPUDevice
  readonly #fail: (what: string) => void
  readonly #flush: () => void
  readonly #idle = new Map<number, { buffer: GPUBuffer; key: number }[]>()
  #keys = 0
  /** Bytes of arrays in use. */
  used = 0
  /** Bytes of idle buffers. */
  idle = 0

  /**
   * @param flush submits all commands that may use a buffer, before it is destroyed.
   * @param fail is called when there is no memory.
   */
  constructor(gpu: GPUDevice, flush: () => void, fail: (what: string) => void) {
    this.#gpu = gpu
    this.#flush = flush
    this.#fail = fail
  }

  /** Allocates an array; returns whether its buffer has been used before (a new one is all zeros). */
  borrow(length: number): { array: GPUArray; used: boolean } {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#gpu.limits
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize)
    if (!(Number.isInteger(length) && length >= 0))
      refuse('webgpu: length of an array', 'a nonnegative integer', String(length))
    const bytes = Math.max(16, 4 * length)
    if (bytes > most)
      refuse(
        'webgpu: array',
        `of at most ${most / 4} numbers (${most} bytes) on this device`,
        `one of ${length} numbers`,
      )
    // Sizes in steps of an eighth of a power of two, so that what is freed fits the next array of about its size.
    const step = Math.max(256, 1 << (28 - Math.clz32(bytes)))
    const size = Math.min(most, Math.ceil(bytes / step) * step)
    const waiting = this.#idle.get(size)?.pop()
    this.used += size
    if (!waiting) return { array: new GPUArray(this, length, this.#create(size), this.#keys++), used: false }
    this.idle -= size
    return { array: new GPUArray(this, length, waiting.buffer, waiting.key), used: true }
  }

  #create(size: number): GPUBuffer {
    const { used } = this
    this.#gpu.pushErrorScope('out-of-memory')
    const usage = Usage.storage | Usage.copySource | Usage.copyTarget
    const buffer = this.#gpu.createBuffer({ size, usage })
    const refused = () =>
      this.#fail(`out of memory: ${size} bytes beside the ${used - size} in use could not be allocated`)
    this.#gpu.popErrorScope().then((error) => error && refused(), refused)
    return buffer
  }

  reclaim(buffer: GPUBuffer, key: number): void {
    const { size } = buffer
    this.used -= size
    if (this.idle + size > IDLE) {
      this.#flush()
      buffer.destroy()
      return
    }
    this.idle += size
    const waiting = this.#idle.get(size)
    if (waiting) waiting.push({ buffer, key })
    else this.#idle.set(size, [{ buffer, key }])
  }
}
