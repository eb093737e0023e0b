import { callback, type Random, refuse, show } from '@opt/core'

/**
 * Solves K z + R = 0 for a symmetric K of `size` rows, exactly or roughly: allocates its memory once, for all systems
 * that follow. Those of this package are `direct()`, `kaczmarz()`, `gaussian()` and `minres()`.
 *
 * @param random where its random numbers come from.
 */
export type InnerSolver = (size: number, random: Random) => SystemSolver

/** The memory of an inner solver, and the system that it solves. */
export interface SystemSolver {
  /** The present z, `size` entries. */
  readonly z: Float64Array
  /** K z + R, recomputed before `run` returns; its first `size` entries count. */
  readonly r: Float64Array
  /** Begins with a new system at z = 0. K is row-major. */
  load(K: Float64Array, R: Float64Array): void
  /**
   * Goes on from the present z until |r| <= target, or no further progress is possible.
   *
   * @param limit the largest number of steps.
   * @returns the number of steps taken.
   */
  run(target: number, limit: number): number
}

/**
 * Makes an inner solver's memory.
 *
 * @throws TypeError when a solver of the caller lacks a part.
 */
export function systemSolver(inner: InnerSolver, size: number, random: Random, label = 'inner'): SystemSolver {
  callback(inner, label)
  const made: unknown = inner(size, random)
  if (typeof made !== 'object' || made === null) refuse(label, 'a function that returns an object', show(made), 'type')
  const solver = made as SystemSolver
  for (const name of ['load', 'run'] as const) callback(solver[name], `${label}.${name}`)
  for (const name of ['z', 'r'] as const)
    if (!(ArrayBuffer.isView(solver[name]) && solver[name].length === size))
      refuse(`${label}.${name}`, `a Float64Array of length ${size}`, show(solver[name]), 'type')
  return solver
}
