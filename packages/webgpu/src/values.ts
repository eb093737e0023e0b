import { refuse, show } from '@opt/core'
import type { Device } from './device.ts'
import { GPUArray } from './pool.ts'

/**
 * Checks that every entry of a list `fits`, before its length is used.
 *
 * @param allowed describes what fits, for the error.
 */
export function listOf(
  values: ArrayLike<number>,
  label: string,
  allowed: string,
  fits: (value: number) => boolean,
): ArrayLike<number> {
  const length = typeof values === 'object' ? values?.length : undefined
  if (!(Number.isSafeInteger(length) && length! >= 0)) refuse(label, 'a list of numbers', show(values), 'type')
  for (let k = 0; k < values.length; k++)
    if (!fits(values[k]))
      refuse(`${label}[${k}]`, allowed, show(values[k]), typeof values[k] === 'number' ? 'range' : 'type')
  // A detached array has length 0 and cannot be read.
  return length === 0 ? [] : values
}

/** Converts numbers to float32; NaN and Infinity are allowed. */
export function floatsOf(values: ArrayLike<number>, label: string): Float32Array {
  if (values instanceof Float32Array && values.length > 0) return values
  return Float32Array.from(listOf(values, label, 'a number', (value) => typeof value === 'number'))
}

/** Checks that an array belongs to the device and is in use. */
export function arrayOf(device: Device, array: GPUArray, label: string): GPUArray {
  if (!(array instanceof GPUArray)) refuse(label, `an array of ${device.name}`, show(array), 'type')
  if (!array.of(device.pool)) refuse(label, `an array of ${device.name} that has not been freed`, 'another one')
  return array
}
