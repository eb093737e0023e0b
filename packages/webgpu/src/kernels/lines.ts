import { WORKGROUP } from '@opt/core'
import type { Arrays, Device, Numbers } from '../device.ts'
import { finishProgram, type LineSum, sumProgram } from './line-programs.ts'
import { borrow } from './scratch.ts'

/** Workgroups that fill a large device. */
const MANY = 2048
/** Entries for each thread before a line is worth splitting. */
const LEAST = 16

/** Returns the number of threads for each line: as many as have work. */
export function lanesFor(across: boolean, lines: number, length: number): number {
  if (across) return lines > 16 ? 4 : 32
  return length <= 32 ? 4 : length <= 512 ? 32 : WORKGROUP
}

/** Returns into how many parts a line is split, and the number of entries of each. */
export function partsFor(lanes: number, lines: number, length: number): { count: number; chunk: number } {
  const blocks = Math.ceil((lines * lanes) / WORKGROUP)
  const wanted = Math.max(1, Math.min(Math.floor(MANY / blocks), Math.ceil(length / (LEAST * lanes))))
  const chunk = Math.max(1, Math.ceil(length / wanted / (4 * lanes))) * 4 * lanes
  return { count: Math.max(1, Math.ceil(length / chunk)), chunk }
}

/** Numbers that all of these programs need. */
const COMMON = { zero: 0, nothing: -Infinity }

/** Sums all lines: `lines` of them, of `length` entries (on average where they differ). */
export function sumLines(
  device: Device,
  sum: LineSum,
  arrays: Arrays,
  numbers: Numbers,
  lines: number,
  length: number,
): void {
  if (lines === 0) return
  const lanes = lanesFor(sum.across ?? false, lines, length)
  const { count, chunk } = sum.places ? { count: 1, chunk: 0 } : partsFor(lanes, lines, length)
  const blocks = Math.ceil((lines * lanes) / WORKGROUP)
  const all = { ...COMMON, ...numbers, lines, length, chunk, blocks, count }
  const run = (given: Arrays) => device.run(sumProgram(sum, lanes, count > 1), given, all, blocks * count)
  if (count === 1) run(arrays)
  else
    borrow(device, (sum.logarithmic ? 2 : 1) * lines * count, (parts_of) => {
      run({ ...arrays, parts_of })
      device.run(finishProgram(sum), { ...arrays, parts_of }, all)
    })
}
