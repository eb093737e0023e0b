import type { DeviceArray } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { listOf } from '../values.ts'

/** Nonnegative integers on the device: the starts and columns of a sparse matrix. */
export class GPUIntegers implements DeviceArray {
  readonly length: number
  /** The largest of them; -1 if there are none. */
  readonly largest: number
  /** Whether none follows a larger one. */
  readonly ascending: boolean
  readonly words: GPUArray

  /**
   * @throws TypeError or RangeError naming the first entry that is not an integer of 0 to 2^31 - 1.
   */
  constructor(device: Device, values: ArrayLike<number>) {
    const integers = listOf(
      values,
      'webgpu.integers: values',
      'an integer between 0 and 2147483647',
      (value) => Number.isInteger(value) && value >= 0 && value <= 2147483647,
    )
    const words = Uint32Array.from(integers)
    let largest = -1
    let ascending = true
    for (let k = 0; k < words.length; k++) {
      if (k > 0 && words[k] < words[k - 1]) ascending = false
      largest = Math.max(largest, words[k])
    }
    ;[this.length, this.largest, this.ascending] = [words.length, largest, ascending]
    this.words = device.array(words)
  }

  /** Frees the memory. */
  free(): void {
    this.words.free()
  }
}
