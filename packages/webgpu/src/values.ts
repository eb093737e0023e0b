import { refuse, show } from '@opt/core'
import type { Device } from './device.ts'
import { GPUArray } from './pool.ts'

/**
 * Takes a list of what `fits`, before anything is made of its length.
 *
 * @param allowed what fits, for the error.
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
  // Of a detached array nothing is left but its length.
  return length === 0 ? [] : values
}

/** Takes numbers as float32; NaN and Infinity are numbers there, too. */
export function floatsOf(values: ArrayLike<number>, label: string): Float32Array {
  if (values instanceof Float32Array && values.length > 0) return values
  return Float32Array.from(listOf(values, label, 'a number', (value) => typeof value === 'number'))
}

/** Takes an array of the device that is in use. */
export function arrayOf(device: Device, array: GPUArray, label: string): GPUArray {
  if (!(array instanceof GPUArray)) refuse(label, `an array of ${device.name}`, show(array), 'type')
  if (!array.of(device.pool)) refuse(label, `an array of ${device.name} that has not been freed`, 'another one')
  return array
}
