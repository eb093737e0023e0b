import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import type { Program } from '../program.ts'

export type Arrays = Record<string, GPUArray>
export type Numbers = Record<string, number>

const word = (declaration: string) => declaration.split(':', 1)[0]

/** Runs a program on arrays and numbers by their names in it. */
export function dispatch(device: Device, program: Program, arrays: Arrays, numbers: Numbers, workgroups: number): void {
  const { reads = [], writes = [], numbers: told = [] } = program
  device.run(
    program,
    [...reads, ...writes].map((name) => arrays[word(name)]),
    told.map((name) => numbers[word(name)]),
    workgroups,
  )
}

/** Each declaration once. */
export const once = (...declarations: readonly (readonly string[])[]): string[] => [...new Set(declarations.flat())]

/** Works with an array of no particular contents, which is then given back. */
export function borrow<T>(device: Device, length: number, work: (scratch: GPUArray) => T): T {
  const { array } = device.pool.take(length)
  try {
    return work(array)
  } finally {
    array.free()
  }
}
