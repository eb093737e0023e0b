import { number, options as optionsOf } from '@opt/core'
import type { InnerSolver } from './inner.ts'

/**
 * Makes the inner solver theta -= stepSize grad G. One step is gradient descent on the loss. With stepSize = 1/beta, beta
 * the smoothness of G (`linearSmoothness` for a linear model), every step lowers G.
 *
 * @throws TypeError or RangeError for a step size that is not positive.
 */
export function gradientSteps(options: { stepSize: number }): InnerSolver {
  const { stepSize } = optionsOf(options, 'gradientSteps: options', ['stepSize'])
  number(stepSize, 'gradientSteps: stepSize', { positive: true })
  return {
    start(parameters) {
      const q = new Float64Array(parameters.length)
      return {
        minimize(surrogate, steps, values) {
          for (let k = 0; k < steps; k++) {
            surrogate.gradientTo(q)
            for (let j = 0; j < q.length; j++) parameters[j] -= stepSize * q[j]
            values[k + 1] = surrogate.evaluate()
          }
          return { taken: steps, stepSize }
        },
      }
    },
  }
}
