import { boolean, log, log1p, number, options, refuse, show, type VectorLike } from '@opt/core'
import type { Schedule } from '@opt/optimizers'
import { takeKernel } from './answers.ts'
import { takeVectors, times } from './constants.ts'
import type { Kernel } from './kernel.ts'

/**
 * How far x is outside the constraint set of Lion-K, {x : K*(lambda x) < infinity}: the kernel's violation of lambda x.
 * 0 inside; for a gauge's ball, gauge(lambda x) - 1.
 */
export function constraintViolation(x: VectorLike, constants: { kernel: Kernel; weightDecay: number }): number {
  const { weightDecay, ...rest } = options(constants, 'constraintViolation: constants')
  const kernel = takeKernel(rest.kernel, 'constraintViolation: kernel')
  number(weightDecay, 'constraintViolation: weightDecay', { positive: true })
  return kernel.violation(times(weightDecay, takeVectors('constraintViolation', kernel, { x }).x))
}

/** How a run decays. */
export interface Decay {
  learningRate: number | Schedule
  /** lambda > 0. */
  weightDecay: number
  /** The implicit step. Default false. */
  implicit?: boolean
}

/** What one step leaves of a violation at most. */
function factor(rate: number, weightDecay: number, implicit: boolean): number {
  return implicit ? 1 / (1 + rate * weightDecay) : 1 - rate * weightDecay
}

/**
 * The bound on the violation after 0, 1, ..., `steps` steps, whatever the gradients were: at each step what is left is at most
 * 1 - eps lambda of it (explicit), 1 / (1 + eps lambda) (implicit).
 *
 * @param violation at the start.
 * @throws RangeError when a step has eps lambda > 1 (explicit): it would jump over the set.
 */
export function entryEnvelope(violation: number, steps: number, decay: Decay): Float64Array {
  const { learningRate, weightDecay, implicit = false } = options(decay, 'entryEnvelope: decay')
  boolean(implicit, 'entryEnvelope: implicit')
  number(violation, 'entryEnvelope: violation', { nonnegative: true })
  number(steps, 'entryEnvelope: steps', { integer: true, min: 0 })
  number(weightDecay, 'entryEnvelope: weightDecay', { positive: true })
  const bound = new Float64Array(steps + 1)
  bound[0] = violation
  for (let t = 0; t < steps; t++) {
    const rate = typeof learningRate === 'function' ? learningRate(t) : learningRate
    number(rate, `entryEnvelope: learningRate(${t})`, { nonnegative: true })
    if (!implicit && rate * weightDecay > 1)
      refuse(`entryEnvelope: learningRate(${t})`, `at most 1 / weightDecay = ${1 / weightDecay}`, show(rate))
    bound[t + 1] = bound[t] * factor(rate, weightDecay, implicit)
  }
  return bound
}

/**
 * Steps after which a violation `from` is certainly down to `to`, at a constant learning rate.
 *
 * @throws RangeError unless 0 < to and 0 < eps lambda, which is at most 1 when explicit.
 */
export function stepsToEnter(from: number, to: number, decay: Decay & { learningRate: number }): number {
  const { learningRate, weightDecay, implicit = false } = options(decay, 'stepsToEnter: decay')
  boolean(implicit, 'stepsToEnter: implicit')
  number(from, 'stepsToEnter: from', { nonnegative: true })
  number(to, 'stepsToEnter: to', { positive: true })
  number(weightDecay, 'stepsToEnter: weightDecay', { positive: true })
  number(learningRate, 'stepsToEnter: learningRate', { positive: true })
  if (!implicit && learningRate * weightDecay > 1)
    refuse('stepsToEnter: learningRate', `at most 1 / weightDecay = ${1 / weightDecay}`, show(learningRate))
  if (from <= to) return 0
  const decayed = learningRate * weightDecay
  if (!implicit && decayed === 1) return 1
  const steps = Math.ceil((log(to) - log(from)) / (implicit ? -log1p(decayed) : log1p(-decayed)))
  if (!(steps <= Number.MAX_SAFE_INTEGER))
    refuse('stepsToEnter: learningRate', 'such that fewer than 2^53 steps are enough', show(learningRate))
  return steps
}
