import { number, type OptionNames, oneOf, refuse } from '@opt/core'

/** How strongly a plan is regularised. */
export interface EpsilonOptions {
  /** Entropic regularisation, in units of the cost. */
  epsilon?: number | undefined
  /** Without `epsilon`: it is this many times a statistic of the cost matrix. Default 0.05. */
  relativeEpsilon?: number | undefined
  /** The statistic: the standard deviation of the entries (default) or their mean. */
  relativeTo?: 'std' | 'mean' | undefined
}

/** The names of {@link EpsilonOptions}. */
export const EPSILON_OPTIONS: OptionNames<EpsilonOptions> = ['epsilon', 'relativeEpsilon', 'relativeTo']

/** Returns the regularisation that the options ask for. */
export function epsilonOf(costs: Float64Array, options: EpsilonOptions): number {
  const { epsilon, relativeEpsilon = 0.05, relativeTo = 'std' } = options
  number(relativeEpsilon, 'relativeEpsilon', { positive: true })
  oneOf(relativeTo, 'relativeTo', ['std', 'mean'])
  if (epsilon !== undefined) return number(epsilon, 'epsilon', { positive: true })
  const mean = meanOf(costs)
  const chosen = relativeEpsilon * (relativeTo === 'mean' ? mean : deviation(costs, mean))
  if (!(chosen > 0 && chosen < Infinity))
    refuse(
      'epsilon',
      'given where the costs allow no relative one (relativeEpsilon)',
      `${relativeEpsilon} times the ${relativeTo} of the costs = ${chosen}`,
    )
  return chosen
}

/** The mean of some finite numbers, whose sum may not be. */
export function meanOf(costs: Float64Array): number {
  let sum = 0
  for (const c of costs) sum += c / costs.length
  return sum
}

function deviation(costs: Float64Array, mean: number): number {
  let most = 0
  for (const c of costs) most = Math.max(most, Math.abs(c - mean))
  if (most === 0) return 0
  let squares = 0
  for (const c of costs) squares += ((c - mean) / most) * ((c - mean) / most)
  return most * Math.sqrt(squares / costs.length)
}
