import { sigmoid } from '@opt/core'
import { checkEta, type EtaOptions } from './fixed-eta.ts'
import type { StepRule } from './rule.ts'

/**
 * Makes the rule of Newton's method for the logistic loss: W_i = (p_i (1 - p_i) + 1e-5) / eta, p = sigmoid(z), is the
 * second derivative of l_i. Default eta: 1. It bounds the loss near z only.
 *
 * @throws TypeError or RangeError for an eta that is not positive.
 */
export function newtonEta(options?: EtaOptions): StepRule {
  const eta = checkEta(options, 'newtonEta') ?? 1
  return {
    start: () => ({
      state: {},
      // biome-ignore lint/correctness/useYield: nothing to wait for
      *weigh({ z }, weights) {
        for (let k = 0; k < z.length; k++) weights[k] = (sigmoid(z[k]) * sigmoid(-z[k]) + 1e-5) / eta
        return undefined
      },
    }),
  }
}
