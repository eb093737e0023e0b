import type { InnerSolver } from '../index.ts'

/**
 * Armijo's search in parameter space on the batch's own loss (SLS), a baseline: one step along the gradient, from 1.8
 * times the last step. Its trials call the expensive loss.
 */
export function parameterSearch(loss: (parameters: Float64Array) => number, c: number): InnerSolver {
  return {
    start(parameters) {
      const q = new Float64Array(parameters.length)
      let s = 10 / 1.8
      return {
        minimize(surrogate, _, values) {
          const square = surrogate.gradientTo(q)
          const theta = parameters.slice()
          const before = loss(theta)
          s *= 1.8
          for (let trials = 0; ; trials++, s *= 0.9) {
            for (let j = 0; j < q.length; j++) parameters[j] = theta[j] - s * q[j]
            if (loss(parameters) <= before - c * s * square + 1e-12 * Math.abs(before) || trials === 200) break
          }
          values[1] = surrogate.evaluate()
          return { taken: 1, stepSize: s }
        },
      }
    },
  }
}
