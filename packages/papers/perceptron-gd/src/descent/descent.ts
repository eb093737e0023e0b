import { boolean, number, refuse, type Solver, type SolverDefaults, show, solver, type VectorLike } from '@opt/core'
import { checkDataset, type Dataset } from '../data/dataset.ts'
import { type DescentReport, type DescentSolution, type DescentState, INSEPARABLE } from './plane.ts'
import { Trajectory } from './trajectory.ts'

/** Options of {@link logisticDescent} and {@link normalizedDescent}. */
export interface DescentOptions {
  /**
   * gamma > 0. Infinity: the perceptron, in which a row weighs 1 on the wrong side, 0 on the right
   * one. Default 1e4 for {@link logisticDescent} and 1 for {@link normalizedDescent}.
   */
  stepSize?: number | undefined
  /**
   * Weight of a row with margin exactly 0 for an infinite step, in (0, 1]. Default 1/2, the limit
   * of finite steps.
   */
  tie?: number | undefined
  /** theta_0, for instance an earlier answer. Default 0. */
  start?: { theta: VectorLike; intercept?: number | undefined } | undefined
  /** Go on from the `state` of an earlier answer, with the same data, step size and tie. */
  resume?: DescentState | undefined
  /**
   * Stop as soon as all examples are on their side. Default true; false: go on to a larger margin.
   */
  stopWhenSolved?: boolean | undefined
}

/** A solver over two-class data. */
export type Descent = Solver<[data: Dataset, options: DescentOptions], DescentReport, DescentSolution>

function* descend(
  name: string,
  data: Dataset,
  options: DescentOptions,
  defaultStep: number,
  divisor: 'examples' | 'weights',
): Generator<DescentReport, DescentSolution & { status?: 'converged' | 'infeasible' }, boolean> {
  const { stepSize = defaultStep, tie = 0.5, start, resume, stopWhenSolved = true } = options
  if (stepSize !== Infinity) number(stepSize, 'stepSize', { positive: true })
  number(tie, 'tie', { positive: true, max: 1 })
  boolean(stopWhenSolved, 'stopWhenSolved')
  if (start !== undefined && resume !== undefined) refuse('start', 'left out beside resume', show(start))
  const trajectory = new Trajectory(data, { solver: name, stepSize, tie, divisor, start, resume, stopWhenSolved })

  if (stopWhenSolved && trajectory.misclassified === 0) return { ...trajectory.answer(), status: 'converged' }
  for (;;) {
    if (trajectory.inseparable) return { ...trajectory.answer(), ...INSEPARABLE }
    trajectory.step()
    if (yield trajectory.report()) return trajectory.answer()
  }
}

/** Training mistakes are counted: the run ends when none is left. */
const DEFAULTS: SolverDefaults<DescentOptions> = {
  checkInputs: (data) => checkDataset(data, 'data'),
  tolerance: 0,
  maxIterations: 100_000,
  options: ['stepSize', 'tie', 'start', 'resume', 'stopWhenSolved'],
}

/**
 * Separates two classes by gradient descent on the logistic loss, with any step size:
 *
 *     theta += stepSize / n sum p_i z_i,   p_i = 1 / (1 + exp(z_i'theta))
 *
 * An infinite step is the batch perceptron, theta += 1/n sum w_i z_i with w_i = 1, `tie` or 0; as
 * stepSize grows, theta / stepSize of the same step number tends to it. `error` is the number of
 * misclassified examples, and the run has converged when there are none; `iterations` is the number
 * of steps made. The status is 'infeasible' when a convex combination of the z_i is shorter than
 * 1e-9 R, so that no plane has a larger margin.
 *
 * Source: arXiv 2412.08424, LR+GD and the batch perceptron.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const logisticDescent: Descent = /* @__PURE__ */ solver(
  'logisticDescent',
  (data, options) => descend('logisticDescent', data, options, 1e4, 'examples'),
  DEFAULTS,
)

/**
 * Separates two classes by normalised gradient descent on the logistic loss:
 *
 *     theta += stepSize sum p_i z_i / sum p_i,   p_i = 1 / (1 + exp(z_i'theta))
 *
 * It needs at most about (R/mu)^2 steps, whatever the number of examples; see {@link bounds}. An
 * infinite step is its limit, theta += the mean of the misclassified z_i. Reports, answer and
 * status are those of {@link logisticDescent}. The direction of a step is a convex combination of
 * the z_i, so its length bounds the margin from above.
 *
 * Source: arXiv 2412.08424, Normalized LR+GD.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const normalizedDescent: Descent = /* @__PURE__ */ solver(
  'normalizedDescent',
  (data, options) => descend('normalizedDescent', data, options, 1, 'weights'),
  DEFAULTS,
)
