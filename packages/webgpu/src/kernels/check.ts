import { type MatrixView, number, refuse, show } from '@opt/core'
import type { Device } from '../device.ts'
import { GPUArray } from '../pool.ts'
import { GPUIntegers } from './integers.ts'

/** A matrix on the device. */
export type GPUMatrix = MatrixView<GPUArray>

type Given = readonly [array: GPUArray | GPUIntegers, length: number]

/** The arguments of an operation. */
export interface Arguments {
  sizes?: Record<string, number>
  /** Arrays, and how long each must be at least. */
  reads?: Record<string, Given>
  /** The same; none of them may be given twice. */
  writes: Record<string, Given>
}

/**
 * Checks the sizes and the stride of a matrix.
 *
 * @throws TypeError or RangeError naming the field that is wrong.
 */
export function checkMatrix(A: GPUMatrix, label: string): void {
  if (typeof A !== 'object' || A === null) refuse(label, 'a matrix { data, rows, columns, stride }', show(A), 'type')
  const { rows, columns, stride, transposed } = A
  number(rows, `${label}.rows`, { integer: true, min: 0 })
  number(columns, `${label}.columns`, { integer: true, min: 0 })
  number(stride, `${label}.stride`, { integer: true, min: transposed ? rows : columns })
}

/** {@link checkMatrix}, and refuses a transposed view. */
export function checkRowMajor(A: GPUMatrix, label: string): void {
  checkMatrix(A, label)
  if (A.transposed) refuse(label, 'row-major', 'a transposed view')
}

/** Refuses a matrix of other rows and columns. */
export function checkSize(A: GPUMatrix, rows: number, columns: number, label: string): void {
  if (A.rows !== rows || A.columns !== columns) refuse(label, `${rows} x ${columns}`, `${A.rows} x ${A.columns}`)
}

/** The array of a matrix, and the numbers from its first entry to its last. */
export function entries({ data, rows, columns, stride, transposed }: GPUMatrix): Given {
  const [lines, length] = transposed ? [columns, rows] : [rows, columns]
  return [data, lines === 0 || length === 0 ? 0 : (lines - 1) * stride + length]
}

/**
 * Checks the arguments of an operation before anything is changed.
 *
 * @throws RangeError for a size, a length or an array given twice; TypeError for what is no array of this device.
 */
export function check(device: Device, operation: string, { sizes = {}, reads = {}, writes }: Arguments): void {
  const label = (name: string) => `webgpu.${operation}: ${name}`
  for (const [name, size] of Object.entries(sizes)) number(size, label(name), { integer: true, min: 0 })
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
