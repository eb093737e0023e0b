import { number, options as optionsOf } from '@opt/core'
import type { StepRule } from './rule.ts'

/** The option of rules with one number. */
export interface EtaOptions {
  /** The step size in target space, > 0. */
  eta?: number | undefined
}

/** Returns 1/L, or 1 where L is not known or no number helps. */
export const defaultEta = (smoothness: number | undefined): number => (smoothness ? 1 / smoothness : 1)

export function checkEta(options: EtaOptions | undefined, name: string): number | undefined {
  const { eta } = optionsOf(options, `${name}: options`, ['eta'])
  return eta === undefined ? undefined : number(eta, `${name}: eta`, { positive: true })
}

/**
 * Makes the rule W = 1/eta. With the default eta = 1/L the loss of the batch is at most h(theta_t) + G(theta) for every
 * theta: whatever lowers the surrogate lowers the loss.
 *
 * @throws TypeError or RangeError for an eta that is not positive.
 */
export function fixedEta(options?: EtaOptions): StepRule {
  const given = checkEta(options, 'fixedEta')
  return {
    start: ({ smoothness }) => {
      const eta = given ?? defaultEta(smoothness)
      return {
        state: {},
        // biome-ignore lint/correctness/useYield: nothing to wait for
        *weigh(_, weights) {
          weights.fill(1 / eta)
          return eta
        },
      }
    },
  }
}
