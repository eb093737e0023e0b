import { number, refuse, show } from '@opt/core'
import type { Device } from '../device.ts'
import { GPUArray } from '../pool.ts'
import { GPUIntegers } from './integers.ts'

type Given = [array: GPUArray | GPUIntegers, length: number]

/** What an operation was given. */
export interface Arguments {
  sizes: Record<string, number>
  /** Leading dimensions, and the columns that must fit into each. */
  strides?: Record<string, [stride: number, columns: number]>
  /** Arrays and how long each must be at least. */
  reads?: Record<string, Given>
  /** The same; none of them may be given twice. */
  writes: Record<string, Given>
}

/** Numbers from the first to the last entry of a matrix with a row and a column stride; none of what {@link check} refuses. */
export function extent(rows: number, row: number, columns: number, column = 1): number {
  const known = [rows, row, columns, column].every(Number.isInteger)
  return !known || rows === 0 || columns === 0 ? 0 : (rows - 1) * row + (columns - 1) * column + 1
}

/**
 * Checks what an operation was given, before anything is changed.
 *
 * @throws RangeError for a size, a length or an array given twice; TypeError for what is no array of this device.
 */
export function check(device: Device, operation: string, { sizes, strides = {}, reads = {}, writes }: Arguments): void {
  const label = (name: string) => `webgpu.${operation}: ${name}`
  for (const [name, size] of Object.entries(sizes)) number(size, label(name), { integer: true, min: 0 })
  for (const [name, [stride, columns]] of Object.entries(strides))
    number(stride, label(name), { integer: true, min: columns })
  const given = { ...reads, ...writes }
  for (const [name, [array, length]] of Object.entries(given)) {
    const owned = array instanceof GPUIntegers ? array.words : array
    if (!(owned instanceof GPUArray && owned.of(device.pool)))
      refuse(label(name), `an array of ${device.name} that has not been freed`, show(array), 'type')
    if (array.length < length) refuse(label(name), `of length ${length} at least`, `length ${array.length}`)
  }
  for (const [name, [written]] of Object.entries(writes))
    for (const [other, [array]] of Object.entries(given))
      if (other !== name && array === written) refuse(label(name), `another array than ${other}`, 'the same')
}

/** A matrix that is worked over in place has one stride. */
export function sameStride(operation: string, strides: Record<string, number>): void {
  const [[first, given], [second, other]] = Object.entries(strides)
  if (given !== other)
    refuse(`webgpu.${operation}: ${second}`, `${given}, as ${first}, for one and the same array`, `${other}`)
}
