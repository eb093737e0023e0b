import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'

/** Works with an array of no particular contents, and frees it. */
export function borrow<T>(device: Device, length: number, work: (scratch: GPUArray) => T): T {
  const { array } = device.pool.borrow(length)
  try {
    return work(array)
  } finally {
    array.free()
  }
}
