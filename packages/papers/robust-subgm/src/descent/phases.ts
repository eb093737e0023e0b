import type { SubgmReport } from './descend.ts'
import { truncate } from './factors.ts'
import type { RecoverState } from './recover-state.ts'
import type { Recovery } from './recovery.ts'
import { stateOf } from './state.ts'
import type { StepRule } from './step-rules.ts'

/** A factor of fewer columns is taken if its estimate of the noise is at most this times that of more. */
const OVERFIT = 1.1

/** Iterations without progress after which the narrow descent's step sizes shrink by a factor at each. */
const PATIENCE = 5
const SHRINK = 0.95

/**
 * The step sizes of a narrow descent. Those by a quantile shrink while the scale of the residuals does not fall by 1 %, as
 * noise keeps it up; others start anew at half their size and change twice as fast.
 */
export function narrowSteps(rule: StepRule, state: RecoverState): StepRule {
  if (rule.q === undefined) return (seen) => rule({ ...seen, iteration: 2 * seen.iteration }) / 2
  return (seen) => {
    if (seen.scale <= 0.99 * state.least) Object.assign(state, { least: seen.scale, waited: 0 })
    else if (++state.waited > PATIENCE) state.shrink *= SHRINK
    return state.shrink * rule(seen)
  }
}

/** A factor with its estimate of the noise. */
export type Best = NonNullable<RecoverState['best']>

/** How many numbers determine a symmetric d x d matrix of some rank. */
export const unknowns = (d: number, rank: number): number => (rank * (2 * d - rank + 1)) / 2

/** The better of a factor and the best before it. */
export function better(found: Recovery, best: Best | null, m: number, converged: boolean): Best {
  const [d, rank] = found.factor.shape
  // The residuals of k unknowns fitted to m measurements are smaller than the noise.
  const noise = found.residualScale / Math.sqrt(Math.max(0.04, 1 - unknowns(d, rank) / m))
  const allowed = best && rank < best.rank ? OVERFIT : 1
  if (best && !converged && noise > allowed * best.noise) return best
  return { rank, factor: Array.from(found.factor.data), noise }
}

/** What follows a descent: another from its start, the wide one from where it was, or the end. */
export function advance(
  state: RecoverState,
  rank: number,
  ending: 'reached' | 'stalled' | 'diverged',
): 'start' | 'resume' | 'end' {
  const { descent, wide, ended } = state
  if (wide !== null) {
    if (ended) return 'end'
    state.descent = wide
    state.wide = null
    return 'resume'
  }
  if (ending === 'diverged' || rank === 0 || rank === state.cut) return 'end'
  state.wide = descent
  state.ended = ending !== 'reached'
  state.cut = rank
  state.descent = stateOf(truncate(Float64Array.from(descent.factor), descent.rank, rank), rank)
  state.shrink = 1
  state.waited = 0
  state.least = Number.MAX_VALUE
  return 'start'
}

/** A descent on y / unit with its reports in the units of y. */
export function* inUnits<T>(run: Generator<SubgmReport, T, boolean>, unit: number): Generator<SubgmReport, T, boolean> {
  let next = run.next()
  while (!next.done) {
    const { error, objective, scale, stepSize } = next.value
    next = run.next(yield { error, objective: objective * unit, scale: scale * unit, stepSize })
  }
  return next.value
}

/** A step rule that is told of a descent on y / unit in the units of y. Step sizes have none. */
export function ruleInUnits(rule: StepRule, unit: number): StepRule {
  const root = Math.sqrt(unit)
  const told: StepRule = (seen) =>
    rule({
      iteration: seen.iteration,
      get factor() {
        return seen.factor.map((value) => value * root)
      },
      objective: seen.objective * unit,
      scale: seen.scale * unit,
      subgradientNorm: seen.subgradientNorm * root,
      initialScale: seen.initialScale * unit,
      get eta() {
        return seen.eta / unit
      },
    })
  return Object.assign(told, rule.q === undefined ? {} : { q: rule.q })
}
