import {
  dot,
  number,
  options as optionsOf,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import type { ConvexFunction } from './convex/convex-function.ts'
import { l1 } from './convex/separable.ts'
import { LionK } from './lion-k.ts'
import { checkAnswers, checkObjective, checkVectors, type Objective } from './theory/checks.ts'
import { scaled } from './theory/vectors.ts'

/**
 * Measures how far x is from minimising F(x) = f(x) + K*(lambda x) / lambda:
 *
 *     (K(-g) + K*(lambda x)) / lambda + g.x >= 0,   g = grad f(x)
 *
 * It is 0 exactly if lambda x is in dK(-g), the Karush-Kuhn-Tucker condition, and for convex f it bounds
 * F(x) - min F. If K* is an indicator it is the Frank-Wolfe gap. Infinity outside the domain of K*.
 */
export function kktResidual(
  point: { x: VectorLike; gradient: VectorLike },
  constants: { kernel: ConvexFunction; weightDecay: number },
): number {
  const { x, gradient } = optionsOf(point, 'kktResidual: point')
  const { weightDecay, ...rest } = optionsOf(constants, 'kktResidual: constants')
  const kernel = checkAnswers(rest.kernel, 'kktResidual: kernel')
  number(weightDecay, 'kktResidual: weightDecay', { positive: true })
  const at = checkVectors('kktResidual', kernel, { x, gradient })
  return residual(kernel, weightDecay, at.x, at.gradient)
}

function residual(kernel: ConvexFunction, lambda: number, x: Float64Array, gradient: Float64Array): number {
  const star = kernel.conjugate(scaled(lambda, x))
  if (star === Infinity) return Infinity
  return Math.max(0, (kernel.value(scaled(-1, gradient)) + star) / lambda + dot(gradient, x))
}

/** Options of {@link constrained}. */
export interface ConstrainedOptions {
  /** K. Default l1(): the box. */
  kernel?: ConvexFunction | undefined
  /** lambda > 0: the set is that of K* over lambda. Default 1. */
  weightDecay?: number | undefined
  /** Initial value, at most 1 / weightDecay; it falls linearly to 0 at `maxIterations`. Default 0.02. */
  learningRate?: number | undefined
  /** Default 0.9. */
  beta1?: number | undefined
  /** Default 0.99. */
  beta2?: number | undefined
  /** Default 20000. The learning rate reaches 0 there. */
  maxIterations?: number | undefined
}

/** The report of {@link constrained} after each step. */
export interface ConstrainedReport {
  /** {@link kktResidual}; Infinity outside the set. */
  error: number
  /** The distance from the set, as K measures it. */
  violation: number
}

/** Answer of {@link constrained}. */
export interface ConstrainedSolution {
  x: Float64Array
  /** f(x). */
  value: number
  /** f(x) + K*(lambda x) / lambda; Infinity outside the set. */
  objective: number
  violation: number
  /** {@link kktResidual}: for convex f, a bound on `objective` minus its minimum. */
  residual: number
}

/**
 * Minimises f(x) + K*(lambda x) / lambda by Lion-K with a learning rate that falls linearly to 0: f over a
 * box, a ball, a simplex, the matrices of bounded spectral norm, ..., as K says, from gradients alone and
 * without projections.
 *
 * @param x0 start, inside the set or not.
 * @throws TypeError or RangeError naming what is wrong.
 */
export const constrained: Solver<
  [objective: Objective, x0: VectorLike, options: ConstrainedOptions],
  ConstrainedReport,
  ConstrainedSolution
> = solver(
  'constrained',
  function* (objective, x0, options) {
    checkObjective(objective, 'objective')
    const { weightDecay = 1, learningRate = 0.02, beta1 = 0.9, beta2 = 0.99 } = options
    const kernel = checkAnswers(options.kernel ?? l1(), 'kernel')
    const horizon = options.maxIterations!
    number(weightDecay, 'weightDecay', { positive: true })
    number(learningRate, 'learningRate', { positive: true })
    if (learningRate * weightDecay > 1)
      refuse('learningRate', `at most 1 / weightDecay = ${1 / weightDecay}`, show(learningRate))
    const x = vectorCopy(x0, 'x0')
    const gradient = new Float64Array(x.length)
    const rate = (step: number) => learningRate * (1 - step / horizon)
    const optimizer = new LionK(x, { kernel, weightDecay, beta1, beta2, learningRate: rate })
    const measure = () => {
      objective.gradient(x, gradient)
      gradient.forEach((entry, i) => void number(entry, `objective.gradient(x)[${i}]`))
      const violation = kernel.violation(scaled(weightDecay, x))
      return { error: residual(kernel, weightDecay, x, gradient), violation }
    }
    let report = measure()
    for (let stop = false; !stop; stop = yield report) {
      optimizer.step(gradient)
      report = measure()
    }
    const value = number(objective.value(x), 'objective.value(x)')
    const star = kernel.conjugate(scaled(weightDecay, x))
    return { x, value, objective: value + star / weightDecay, violation: report.violation, residual: report.error }
  },
  { tolerance: 1e-6, maxIterations: 20000, options: ['kernel', 'weightDecay', 'learningRate', 'beta1', 'beta2'] },
)
