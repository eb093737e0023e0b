import { boolean, number } from '@opt/core'

/** How a step's batch is drawn. */
export interface BatchOptions {
  /** Examples in a batch. Default 1. */
  batchSize?: number | undefined
  /** Whether an example may be drawn twice into a batch. Default true. */
  replacement?: boolean | undefined
}

/**
 * Returns the factor c of a step's noise: 1 / B with replacement, (n - B) / (B (n - 1)) without. It is 1 for
 * single examples and 0 for gradient descent.
 *
 * @param n number of examples.
 * @throws TypeError or RangeError when the batch size is no positive integer, or above n without replacement.
 */
export function noiseFactor(n: number, { batchSize = 1, replacement = true }: BatchOptions): number {
  boolean(replacement, 'replacement')
  number(batchSize, 'batchSize', { integer: true, min: 1, ...(replacement ? {} : { max: n }) })
  if (replacement) return 1 / batchSize
  return n === 1 ? 0 : (n - batchSize) / (batchSize * (n - 1))
}
