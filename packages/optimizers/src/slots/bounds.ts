import type { Rules } from '../rules.ts'
import type { Hyper } from '../settings.ts'

/** Bounds on the sizes of a slot's numbers, known without a look at them. */
export interface Bounds {
  /** On the entries of the parameter. */
  parameter: number
  /** On the entries of state arrays, and on the roots of those that `Rules.squares` names. */
  state: number
  /** On what the present step is given: the gradient and the inputs. */
  gradient: number
  /** On all else that a step computes, in the end or on the way, coefficients included. */
  largest: number
  readonly length: number
  /** How many times as large as the roots of its averages of squares a loaded state's averages are; 0 when they began at zero. */
  ratio: number
}

/** Well below the largest numbers of each type, so that rounding does not matter. */
const LIMITS = { float32: 1e38, float64: 1e307 }

/** Nothing is known of the parameter yet; state is zero. */
export const boundsOf = (length: number): Bounds => ({
  parameter: Infinity,
  state: 0,
  gradient: 0,
  largest: 0,
  length,
  ratio: 0,
})

/** What {@link staysInRange} looks at. */
interface Bounded<H> {
  readonly bounds: Bounds
  readonly dtype: 'float32' | 'float64'
  readonly group: { readonly hyper: H }
}

/** Does every number of the slot's next step stay within its type's range? The bounds become those after the step. */
export function staysInRange<H extends Hyper>(rules: Rules<H>, { bounds, dtype, group }: Bounded<H>): boolean {
  rules.bound!(group.hyper, bounds)
  const { parameter, state, largest } = bounds
  const limit = LIMITS[dtype]
  return parameter <= limit && state <= limit && largest <= limit
}
