import type { Rules } from '../rules.ts'
import type { Hyper } from '../settings.ts'

/** Upper bounds on the absolute values of a slot's numbers, known without reading them. */
export interface Bounds {
  /** On the entries of the parameter. */
  parameter: number
  /** On the entries of state arrays; for those in `Rules.squares`, on their roots. */
  state: number
  /** On the entries of this step's gradient and inputs. */
  gradient: number
  /** On everything else that the step computes, intermediate results and coefficients included. */
  largest: number
  readonly length: number
  /** The largest |average| / sqrt(average of squares) of a loaded state (see `Rules.averages`); 0 without one. */
  ratio: number
}

/** The limits of each type, with room for rounding. */
const LIMITS = { float32: 1e38, float64: 1e307 }

/** The bounds at first: nothing is known of the parameter, and the state is zero. */
export const boundsOf = (length: number): Bounds => ({
  parameter: Infinity,
  state: 0,
  gradient: 0,
  largest: 0,
  length,
  ratio: 0,
})

/** The part of a slot that {@link staysInRange} needs. */
interface Bounded<H> {
  readonly bounds: Bounds
  readonly dtype: 'float32' | 'float64'
  readonly group: { readonly hyper: H }
}

/** Tells whether all numbers of the slot's next step stay in range. Updates the bounds to those after it. */
export function staysInRange<H extends Hyper>(rules: Rules<H>, { bounds, dtype, group }: Bounded<H>): boolean {
  rules.bound!(group.hyper, bounds)
  const { parameter, state, largest } = bounds
  const limit = LIMITS[dtype]
  return parameter <= limit && state <= limit && largest <= limit
}
