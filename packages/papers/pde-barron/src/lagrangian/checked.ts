import type { Lagrangian } from './types.ts'

const known: WeakSet<Lagrangian> = /* @__PURE__ */ new WeakSet()

/** Freezes a Lagrangian that is right, and remembers it. */
export function checked<L extends Lagrangian>(made: L): L {
  known.add(made)
  return Object.freeze(made)
}

/** Whether a Lagrangian was checked, or made here. */
export const isChecked = (given: Lagrangian): boolean => known.has(given)
