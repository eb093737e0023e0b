import { refuse } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { check, checkRowMajor, entries, type GPUMatrix } from './check.ts'
import type { GPUIntegers } from './integers.ts'
import { type LineSum, sumProgram } from './line-programs.ts'
import { lanesFor, partsFor, sumLines } from './lines.ts'
import { borrow } from './scratch.ts'

const into = (y: string, value: string, reads: string[] = []): LineSum['finish'] => ({
  reads,
  writes: [y],
  body: `${y}[line] = ${value};`,
})

const inner: LineSum = { name: 'dot', reads: ['x', 'y'], entry: 'return x[j] * y[j];', finish: into('out', 'all') }

/** The parts come back as they are, and are added in float64. */
export async function dot(device: Device, n: number, x: GPUArray, y: GPUArray): Promise<number> {
  check(device, 'dot', { sizes: { n }, reads: { x: [x, n], y: [y, n] }, writes: {} })
  if (n === 0) return 0
  const lanes = lanesFor(false, 1, n)
  const { count, chunk } = partsFor(lanes, 1, n)
  const sums = borrow(device, count, (parts_of) => {
    const numbers = { lines: 1, length: n, chunk, blocks: 1, zero: 0, nothing: 0 }
    device.run(sumProgram(inner, lanes, true), { x, y, parts_of }, numbers, count)
    return device.floats(parts_of)
  })
  return (await sums).reduce((sum, part) => sum + part, 0)
}

const byRows: LineSum = {
  name: 'gemv',
  reads: ['A', 'x'],
  numbers: ['lda: u32'],
  entry: 'return A[i * p.lda + j] * x[j];',
  finish: into('y', 'all'),
}

export function gemv(device: Device, A: GPUMatrix, x: GPUArray, y: GPUArray): void {
  checkRowMajor(A, 'webgpu.gemv: A')
  check(device, 'gemv', { reads: { A: entries(A), x: [x, A.columns] }, writes: { y: [y, A.rows] } })
  sumLines(device, byRows, { A: A.data, x, y }, { lda: A.stride }, A.rows, A.columns)
}

const byColumns: LineSum = {
  name: 'gemvT',
  across: true,
  reads: ['A', 'x'],
  numbers: ['lda: u32'],
  entry: 'return A[i * p.lda + j] * x[i];',
  finish: into('y', 'y[line] + all'),
}

export function gemvT(device: Device, A: GPUMatrix, x: GPUArray, y: GPUArray): void {
  checkRowMajor(A, 'webgpu.gemvT: A')
  check(device, 'gemvT', { reads: { A: entries(A), x: [x, A.rows] }, writes: { y: [y, A.columns] } })
  if (A.rows > 0) sumLines(device, byColumns, { A: A.data, x, y }, { lda: A.stride }, A.columns, A.rows)
}

const sparse: LineSum = {
  name: 'spmv',
  reads: ['starts: u32', 'columns: u32', 'values', 'x'],
  entry: 'return values[j] * x[columns[j]];',
  places: ['starts[line]', 'starts[line + 1u]'],
  finish: into('y', 'all'),
}

export function spmv(
  device: Device,
  m: number,
  starts: GPUIntegers,
  columns: GPUIntegers,
  values: GPUArray,
  x: GPUArray,
  y: GPUArray,
): void {
  check(device, 'spmv', {
    sizes: { m },
    reads: { starts: [starts, m + 1], columns: [columns, 0], values: [values, 0], x: [x, 0] },
    writes: { y: [y, m] },
  })
  const stored = Math.min(columns.length, values.length)
  if (!starts.ascending) refuse('webgpu.spmv: starts', 'nondecreasing', 'a smaller one after a larger one')
  if (starts.largest > stored)
    refuse('webgpu.spmv: starts', `at most ${stored}, the entries given`, `${starts.largest}`)
  if (columns.largest >= x.length)
    refuse('webgpu.spmv: columns', `below ${x.length}, the length of x`, `${columns.largest}`)
  const arrays = { starts: starts.words, columns: columns.words, values, x, y }
  sumLines(device, sparse, arrays, {}, m, Math.ceil(starts.largest / m))
}
