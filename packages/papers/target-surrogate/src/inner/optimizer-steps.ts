import { callback } from '@opt/core'
import type { OptimizerState } from '@opt/optimizers'
import type { InnerSolver } from './inner.ts'

/** The part of an optimizer of @opt/optimizers that an inner solver uses. */
export interface InnerOptimizer {
  step(gradient: Float64Array): void
  state(): OptimizerState
  load(state: OptimizerState): void
}

/**
 * Makes an inner solver of any optimizer of @opt; the authors' code takes Adam with learning rate 1e-3 for imitation. The
 * optimizer keeps its state from surrogate to surrogate; with one step per surrogate it is that optimizer on the loss
 * itself.
 *
 * @param make makes an optimizer of the parameters.
 * @throws TypeError unless it is a function that returns an optimizer.
 */
export function optimizerSteps(make: (parameters: Float64Array) => InnerOptimizer): InnerSolver {
  callback(make, 'optimizerSteps: make')
  return {
    start(parameters) {
      const q = new Float64Array(parameters.length)
      const optimizer = make(parameters)
      for (const method of ['step', 'state', 'load'] as const)
        callback(optimizer?.[method], `optimizerSteps: make(parameters).${method}`)
      return {
        minimize(surrogate, steps, values) {
          for (let k = 0; k < steps; k++) {
            surrogate.gradientTo(q)
            optimizer.step(q)
            values[k + 1] = surrogate.evaluate()
          }
          return { taken: steps }
        },
        state: () => optimizer.state(),
        load: (state) => optimizer.load(state),
      }
    },
  }
}
