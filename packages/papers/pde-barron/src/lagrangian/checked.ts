import type { Lagrangian } from './types.ts'

/** In how many dimensions a Lagrangian was checked; undefined: in any. */
const known: WeakMap<Lagrangian, number | undefined> = /* @__PURE__ */ new WeakMap()

/** Freezes a Lagrangian that is right, and remembers it. */
export function checked<L extends Lagrangian>(made: L, dimension?: number): L {
  known.set(made, dimension)
  return Object.freeze(made)
}

/** Whether a Lagrangian was checked in so many dimensions, or made here. */
export const isChecked = (given: Lagrangian, dimension: number): boolean =>
  known.has(given) && (known.get(given) ?? dimension) === dimension

/** Whether a Lagrangian was made here, of a name. */
export const isOwn = (given: Lagrangian): boolean => known.has(given) && known.get(given) === undefined
