/** Threads of a workgroup, unless a program says otherwise. */
export const WORKGROUP = 256

/**
 * A WGSL compute program. The backend that runs it adds the declarations of its arrays and numbers, and compiles it
 * once.
 *
 * The body knows `group`, the number of the workgroup, and `t`, the number of the thread in it; numbers are fields of
 * `p`. `sum_all(x, t)` and `max_all(x, t)` reduce one value of each of {@link WORKGROUP} threads in a fixed order and
 * return the result to every thread.
 */
export interface Program {
  /** Its label, and the subject of its error messages. */
  name: string
  /** Read-only arrays: `name` for float32 numbers, or `name: type`. */
  reads?: readonly string[]
  /** Arrays that it writes, and may read. */
  writes?: readonly string[]
  /** Numbers: `name` for a float32, or `name: u32`. */
  numbers?: readonly string[]
  /** Name of a further number: one thread for each place `i` below it. */
  each?: string
  /** Whether it reads an array `stop` of u32, and does nothing when the first of them is not 0. */
  stop?: boolean
  /** Threads of a workgroup. Default {@link WORKGROUP}. */
  threads?: number
  /** WGSL declarations beside `main`. */
  helpers?: string
  /** The body of `main`. */
  body: string
}

const programs = new Map<string, Program>()

/** Makes the program of a name at its first use, and returns the same one from then on: a device compiles it once. */
export function sharedProgram(name: string, make: () => Omit<Program, 'name'>): Program {
  let program = programs.get(name)
  if (!program) programs.set(name, (program = { name, ...make() }))
  return program
}
