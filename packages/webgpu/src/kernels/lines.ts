import type { Device } from '../device.ts'
import { THREADS } from '../program.ts'
import { type Arrays, borrow, dispatch, type Numbers } from './dispatch.ts'
import { finishProgram, type LineSum, sumProgram } from './line-programs.ts'

/** Workgroups that fill a large device. */
const MANY = 2048
/** Entries for each thread before a line is worth splitting. */
const LEAST = 16

/** Threads for each line: as many as find something to do. */
export function lanesFor(across: boolean, lines: number, length: number): number {
  if (across) return lines > 16 ? 4 : 32
  return length <= 32 ? 4 : length <= 512 ? 32 : THREADS
}

/** In how many parts a line comes, and of how many entries each is. */
export function partsFor(lanes: number, lines: number, length: number): { count: number; chunk: number } {
  const blocks = Math.ceil((lines * lanes) / THREADS)
  const wanted = Math.max(1, Math.min(Math.floor(MANY / blocks), Math.ceil(length / (LEAST * lanes))))
  const chunk = Math.max(1, Math.ceil(length / wanted / (4 * lanes))) * 4 * lanes
  return { count: Math.max(1, Math.ceil(length / chunk)), chunk }
}

/** What all of these programs are told. */
const COMMON = { zero: 0, nothing: -Infinity }

/** Sums all lines: so many, of so many entries (where they differ, on average). */
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
  const blocks = Math.ceil((lines * lanes) / THREADS)
  const told = { ...COMMON, ...numbers, lines, length, chunk, blocks, count }
  const run = (all: Arrays) => dispatch(device, sumProgram(sum, lanes, count > 1), all, told, blocks * count)
  if (count === 1) run(arrays)
  else
    borrow(device, (sum.logarithmic ? 2 : 1) * lines * count, (parts_of) => {
      run({ ...arrays, parts_of })
      dispatch(device, finishProgram(sum), { ...arrays, parts_of }, told, Math.ceil(lines / THREADS))
    })
}
