import type { Random } from '@opt/core'
import type { GPUArray, WebGPUBackend } from '../src/index.ts'

/** Half a unit in the last place of float32 at 1. */
export const U = 1 / 16777216

/** Float32 numbers, so that float64 references start from what the device has. */
export const uniform = (rng: Random, n: number, low = -1, high = 1): Float32Array =>
  Float32Array.from({ length: n }, () => rng.uniform(low, high))

/** A matrix with a gap behind each row: its numbers, its entries, and the view of such numbers on a device. */
export function paddedMatrix(rng: Random, rows: number, columns: number, low = -1, high = 1) {
  const stride = columns + 3
  const data = uniform(rng, rows * stride, low, high)
  const on = (array: GPUArray) => ({ data: array, rows, columns, stride })
  return { data, stride, on, at: (i: number, j: number) => data[i * stride + j] }
}

export const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k)

export const sum = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

export const logSum = (values: number[]): number => {
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity)
  return most === -Infinity ? most : most + Math.log(sum(values.map((v) => Math.exp(v - most))))
}

/**
 * The largest error over what is allowed; equal infinities and two NaN are right, and where nothing is allowed
 * nothing may differ.
 */
export function worst(got: ArrayLike<number>, want: ArrayLike<number>, allowed: (k: number) => number): number {
  let most = 0
  for (let k = 0; k < want.length; k++) {
    if (got[k] === want[k] || Object.is(got[k], want[k])) continue
    const share = Math.abs(got[k] - want[k]) / allowed(k)
    most = Number.isNaN(share) ? Infinity : Math.max(most, share)
  }
  return most
}

/**
 * Puts arrays on the device, works with them, frees them, sees that nothing else is left, and gives back what was in
 * them.
 */
export async function on<T extends Record<string, ArrayLike<number>>>(
  device: WebGPUBackend,
  given: T,
  work: (arrays: { [K in keyof T]: GPUArray }) => void,
): Promise<{ [K in keyof T]: Float32Array }> {
  const { used } = device.memory
  const arrays = Object.fromEntries(Object.entries(given).map(([name, values]) => [name, device.array(values)]))
  work(arrays as { [K in keyof T]: GPUArray })
  const read = Object.entries(arrays).map(async ([name, array]) => [name, await device.read(array)])
  const results = Object.fromEntries(await Promise.all(read))
  for (const array of Object.values(arrays)) array.free()
  expect(device.memory.used).toBe(used)
  return results
}
