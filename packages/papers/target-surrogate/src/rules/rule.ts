/** What a step rule knows of a batch. */
export interface TargetBatch {
  /** b. */
  readonly count: number
  /** z, the outputs, examples x C. */
  readonly z: Float64Array
  /** g, each example's own gradient in its outputs. */
  readonly gradient: Float64Array
  /** The examples' numbers, for rules with a state per example. */
  readonly indices: ArrayLike<number> | undefined
  /** Returns the mean loss at other outputs; undefined where nobody knows it. */
  readonly value: ((outputs: Float64Array) => number | PromiseLike<number>) | undefined
}

/** What a step rule knows of the problem. */
export interface RuleProblem {
  /** C. */
  readonly outputs: number
  /** The number of all examples, where it is known. */
  readonly examples: number | undefined
  /** L, where it is known. */
  readonly smoothness: number | undefined
}

/** A rule for the step size in target space, eta: it sets the curvature W = 1/eta of each surrogate. */
export interface StepRule {
  /** Makes the rule's state for one run. */
  start(problem: RuleProblem): RunningRule
}

/** A rule at work. */
export interface RunningRule {
  /**
   * Writes W, and in place of the gradient another linear term if the rule has one. Returns eta where W = 1/eta is one
   * number. May yield a promise and is then sent what it settles to.
   */
  weigh(
    batch: TargetBatch,
    weights: Float64Array,
    linear: Float64Array,
  ): Generator<PromiseLike<unknown>, number | undefined, unknown>
  /** All that the rule remembers, in arrays that it changes in place. */
  readonly state: Readonly<Record<string, Float64Array>>
}
