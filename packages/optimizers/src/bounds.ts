import { gather } from './parameters.ts'
import type { Rules } from './rules.ts'
import type { Hyper } from './settings.ts'
import type { HeldSlot } from './slot.ts'

/** Bounds on the sizes of a slot's numbers, known without a look at them. */
export interface Bounds {
  /** On the entries of the parameter. */
  parameter: number
  /** On the entries of state arrays, and on the roots of those that {@link Rules.squares} names. */
  state: number
  /** On what the present step is given: the gradient and the inputs. */
  gradient: number
  /** On all else that a step computes, in the end or on the way, coefficients included. */
  largest: number
  readonly length: number
  /** What the numbers above may reach. */
  readonly limit: number
  /** How many times as large as the roots of its averages of squares a loaded state's averages are; 0 when they began at zero. */
  ratio: number
}

/** Well below the largest numbers, so that rounding does not matter. */
const LIMIT = 1e307
const LIMIT32 = 1e38

/** Nothing is known of the parameter yet; state is zero. */
export const boundsOf = (length: number, single: boolean): Bounds => {
  const limit = single ? LIMIT32 : LIMIT
  return { parameter: Infinity, state: 0, gradient: 0, largest: 0, length, limit, ratio: 0 }
}

/** Does every number of the next step stay within the type's range, by its bounds? They become those after the step. */
export function staysInRange<H extends Hyper>(rules: Rules<H>, hyper: H, bounds: Bounds): boolean {
  rules.bound!(hyper, bounds)
  const { parameter, state, largest, limit } = bounds
  return parameter <= limit && state <= limit && largest <= limit
}

/** {@link staysInRange} of a slot in memory, which is looked at when its bounds have grown beyond use. */
export function isCalm<H extends Hyper>(rules: Rules<H>, hyper: H, slot: HeldSlot): boolean {
  if (!rules.bound) return false
  if (staysInRange(rules, hyper, slot.bounds)) return true
  measure(slot, rules.squares ?? [])
  return staysInRange(rules, hyper, slot.bounds)
}

/** Sets the bounds to what is there. */
function measure({ length, parameter, source, arrays, kernels, bounds }: HeldSlot, squares: readonly string[]): void {
  if (source !== null) gather(source, parameter)
  bounds.parameter = kernels.peak(length, parameter)
  bounds.state = 0
  for (const name in arrays) {
    const peak = kernels.peak(length, arrays[name])
    bounds.state = Math.max(bounds.state, squares.includes(name) ? Math.sqrt(peak) : peak)
  }
}
