import { number, options as optionsOf } from '@opt/core'
import { ARMIJO, type ArmijoOptions, checkArmijo, SLACK, SMALLEST, TRIALS } from '../rules/armijo-eta.ts'
import type { InnerSolver } from './inner.ts'

/** Options of {@link armijoSteps}. */
export interface ArmijoStepsOptions extends ArmijoOptions {
  /** The first trial on each surrogate, > 0. Default 10. */
  initial?: number | undefined
  /** No step is taken where |grad G| is at most this. Default 1e-8. */
  tolerance?: number | undefined
}

/**
 * Makes gradient descent with Armijo's line search on G: the first trial s is `initial`, later ones are `expand` times
 * the last step, and s shrinks until
 *
 *     G(theta - s q) <= G(theta) - c s |q|^2,   q = grad G(theta).
 *
 * A trial is one forward pass; that of the accepted one is kept. After 100 trials, or below a step of 1e-6, it stays
 * where it is: scale the inputs, or lower `initial`.
 *
 * @throws TypeError or RangeError for options out of range.
 */
export function armijoSteps(options?: ArmijoStepsOptions): InnerSolver {
  const {
    initial = 10,
    tolerance = 1e-8,
    ...search
  } = optionsOf(options, 'armijoSteps: options', [...ARMIJO, 'initial', 'tolerance'])
  const { c, shrink, expand } = checkArmijo(search, 'armijoSteps')
  number(initial, 'armijoSteps: initial', { positive: true })
  number(tolerance, 'armijoSteps: tolerance', { nonnegative: true })
  return {
    start(parameters) {
      const q = new Float64Array(parameters.length)
      const theta = new Float64Array(parameters.length)
      return {
        minimize(surrogate, steps, values) {
          let s = initial
          for (let k = 0; k < steps; k++) {
            const square = surrogate.gradientTo(q)
            if (!(Math.sqrt(square) > tolerance)) return { taken: k, stepSize: s }
            if (k > 0) s *= expand
            theta.set(parameters)
            const value = values[k]
            const slack = SLACK * Math.abs(value)
            for (let trials = 0; ; trials++, s *= shrink) {
              for (let j = 0; j < q.length; j++) parameters[j] = theta[j] - s * q[j]
              values[k + 1] = surrogate.evaluate()
              if (values[k + 1] <= value - c * s * square + slack) break
              if (trials < TRIALS && s >= SMALLEST) continue
              parameters.set(theta)
              return { taken: k, stepSize: s }
            }
          }
          return { taken: steps, stepSize: s }
        },
      }
    },
  }
}
