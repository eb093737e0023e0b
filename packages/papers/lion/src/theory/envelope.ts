import { boolean, log, log1p, number, options, refuse, show, type VectorLike } from '@opt/core'
import type { Schedule } from '@opt/optimizers'
import type { ConvexFunction } from '../convex/convex-function.ts'
import { checkAnswers, checkVectors } from './checks.ts'
import { scaled } from './vectors.ts'

/**
 * The distance of x from the constraint set of Lion-K, {x : K*(lambda x) < infinity}, as K measures
 * it: its violation of lambda x, which for the unit ball of a gauge is gauge(lambda x) - 1.
 *
 * @returns 0 inside the set.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function constraintViolation(x: VectorLike, constants: { kernel: ConvexFunction; weightDecay: number }): number {
  const { kernel, weightDecay } = options(constants, 'constraintViolation: constants')
  const K = checkAnswers(kernel, 'constraintViolation: kernel')
  number(weightDecay, 'constraintViolation: weightDecay', { positive: true })
  return K.violation(scaled(weightDecay, checkVectors('constraintViolation', K, { x }).x))
}

/** The settings of a run on which its way into the set depends. */
export interface Decay {
  learningRate: number | Schedule
  /** lambda > 0. */
  weightDecay: number
  /** Whether the run takes implicit steps. Default false. */
  implicit?: boolean | undefined
}

/** The fraction of a violation that one step leaves at most. */
function factor(rate: number, weightDecay: number, implicit: boolean): number {
  return implicit ? 1 / (1 + rate * weightDecay) : 1 - rate * weightDecay
}

/**
 * Bounds the {@link constraintViolation} of a run, for any gradients: each step multiplies it by at
 * most 1 - eps lambda (explicit) or 1 / (1 + eps lambda) (implicit).
 *
 * @param violation at the start.
 * @returns the bounds after 0, 1, ..., `steps` steps.
 * @throws TypeError or RangeError that names the wrong argument; eps lambda > 1 is one if steps are
 *   explicit, as they would jump over the set.
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
 * Returns the number of steps, at a constant learning rate, after which a violation of at most
 * `from` is certainly at most `to`.
 *
 * @throws TypeError or RangeError unless 0 < to and 0 < eps lambda, at most 1 if steps are explicit.
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
