import { nrm2 } from '@opt/core'
import { type Monomials, monomials } from '../polynomial/monomials.ts'
import type { Task } from './task.ts'

/** A task whose softmax is replaced by p(x) / sum p. */
export interface PolynomialTask extends Task {
  /** The keys less their mean, to which softmax is invariant: the logits become as small as they can. */
  readonly centred: Float64Array
  /** c_0 to c_g of p. */
  readonly coefficients: Float64Array
  readonly features: Monomials
  /** w_a = c_|a| beta^|a| |a|! / a!: p(beta q'k) = sum_a w_a q^a k^a. */
  readonly weights: Float64Array
}

/** The row of a query whose denominator sum_t p(x_jt) is no positive number. */
export interface OutOfRange {
  readonly query: number
  readonly denominator: number
}

/** Returns the keys less their mean. */
export function centreKeys({ keys, h, K }: Task): Float64Array {
  const mean = new Float64Array(h)
  for (let t = 0; t < keys; t++) for (let c = 0; c < h; c++) mean[c] += K[t * h + c] / keys
  return K.map((k, i) => k - mean[i % h])
}

/** Returns |x_j| of each row. */
export const rowNorms = (data: Float64Array, columns: number): Float64Array =>
  Float64Array.from({ length: data.length / columns }, (_, j) => nrm2(data.subarray(j * columns, (j + 1) * columns)))

/** Returns the largest of some nonnegative numbers; 0 of none. */
export function largest(values: Float64Array): number {
  let most = 0
  for (const v of values) most = Math.max(most, Math.abs(v))
  return most
}

/** Returns B_j = beta |Q_j| max_t |K_t - mean|, which bounds the logits of a query, and their maximum. */
export function logitRanges(
  task: Pick<Task, 'beta' | 'Q' | 'h'>,
  centred: Float64Array,
): { ranges: Float64Array; range: number } {
  const reach = task.beta * largest(rowNorms(centred, task.h))
  const ranges = rowNorms(task.Q, task.h).map((norm) => norm * reach)
  return { ranges, range: largest(ranges) }
}

/** Returns a task for the polynomial of these coefficients. */
export function polynomialTask(task: Task, coefficients: Float64Array, centred: Float64Array): PolynomialTask {
  const features = monomials(task.h, coefficients.length - 1)
  const scaled = coefficients.slice()
  for (let m = 0, power = 1; m < scaled.length; m++, power *= task.beta) scaled[m] *= power
  const weights = features.multinomial.map((times, a) => scaled[features.order[a]] * times)
  return { ...task, centred, coefficients, features, weights }
}

/** How many tokens are worked on at a time. */
export const blockTokens = (features: number): number => Math.max(16, Math.min(1024, Math.floor(2e6 / features)))
