import { number, options as optionsOf, refuse, show } from '@opt/core'
import { ask } from '../surrogate/ask.ts'
import { defaultEta, type EtaOptions } from './fixed-eta.ts'
import type { StepRule } from './rule.ts'

/** Options of a backtracking line search. */
export interface ArmijoOptions {
  /** The share of the decrease to first order that must be reached, in (0, 1). Default 0.5. */
  c?: number | undefined
  /** The factor of a step that was refused, in (0, 1). Default 0.9. */
  shrink?: number | undefined
  /** The factor between an accepted step and the first trial of the next search, at least 1. Default 1.8. */
  expand?: number | undefined
}

/** The names of {@link ArmijoOptions}. */
export const ARMIJO = ['c', 'shrink', 'expand'] as const

export function checkArmijo(
  { c = 0.5, shrink = 0.9, expand = 1.8 }: ArmijoOptions,
  name: string,
): Required<{ c: number; shrink: number; expand: number }> {
  for (const [label, share] of Object.entries({ c, shrink })) {
    number(share, `${name}: ${label}`, { positive: true })
    if (share >= 1) refuse(`${name}: ${label}`, 'less than 1', show(share))
  }
  number(expand, `${name}: expand`, { min: 1 })
  return { c, shrink, expand }
}

/** At most so many trials, of steps no smaller than this. */
export const TRIALS = 100
export const SMALLEST = 1e-6
/** Ties up to rounding, such as the squared loss with c = 1/2 at 1/L, are accepted. */
export const SLACK = 1e-12

/**
 * Makes the Armijo search in target space: the largest eta along the trials with
 *
 *     mean l_i(z_i - eta g_i) <= mean l_i(z_i) - c eta mean |g_i|^2.
 *
 * A trial is one value of the loss, without a gradient or the model. The first search starts at `eta` (default 1/L), the
 * others at `expand` times the last eta. Keep c = 1/2: the search vouches for z - eta g, not for its projection on what
 * the model can reach, and smaller c diverges.
 *
 * @throws TypeError or RangeError for options out of range.
 */
export function armijoEta(options?: ArmijoOptions & EtaOptions): StepRule {
  const { eta, ...search } = optionsOf(options, 'armijoEta: options', [...ARMIJO, 'eta'])
  const { c, shrink, expand } = checkArmijo(search, 'armijoEta')
  if (eta !== undefined) number(eta, 'armijoEta: eta', { positive: true })
  return {
    start: ({ smoothness }) => {
      // 0 before the first search.
      const last = new Float64Array(1)
      let trial = new Float64Array(0)
      return {
        state: { last },
        *weigh({ z, gradient, count, value }, weights) {
          if (value === undefined) refuse('loss.value', 'given for armijoEta', 'undefined', 'type')
          if (trial.length !== z.length) trial = new Float64Array(z.length)
          let square = 0
          for (let k = 0; k < z.length; k++) square += gradient[k] * gradient[k]
          square /= count
          const start = checkValue(yield* ask(value(z)))
          const slack = SLACK * Math.abs(start)
          let a = last[0] > 0 ? expand * last[0] : (eta ?? defaultEta(smoothness))
          for (let trials = 0; trials < TRIALS && a > SMALLEST; trials++, a *= shrink) {
            for (let k = 0; k < z.length; k++) trial[k] = z[k] - a * gradient[k]
            if ((yield* ask(value(trial))) <= start - c * a * square + slack) break
          }
          last[0] = Math.min(Math.max(a, 1e-4), 1e4)
          weights.fill(1 / last[0])
          return last[0]
        },
      }
    },
  }
}

function checkValue(value: number): number {
  return number(value, 'loss.value', {})
}
