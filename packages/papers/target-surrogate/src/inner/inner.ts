import type { OptimizerState } from '@opt/optimizers'
import type { Surrogate } from '../surrogate/surrogate.ts'

/** How the parameters are moved on a surrogate. */
export interface InnerSolver {
  /** Makes the solver's memory for one run over these parameters, which it changes in place. */
  start(parameters: Float64Array): RunningInner
}

/** An inner solver at work. */
export interface RunningInner {
  /**
   * Takes at most so many steps on the surrogate, which has been evaluated at the parameters; writes G after k of them
   * to values[k], from values[0] on.
   *
   * @returns the number of steps taken, and the last step size if there is one.
   */
  minimize(surrogate: Surrogate<unknown>, steps: number, values: Float64Array): InnerSteps
  /** What is remembered from surrogate to surrogate. */
  state?(): OptimizerState
  load?(state: OptimizerState): void
}

/** What an inner solver did. */
export interface InnerSteps {
  taken: number
  /** The size of the last step. */
  stepSize?: number | undefined
}
