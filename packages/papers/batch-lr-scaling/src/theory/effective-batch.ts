import { calling, number } from '@opt/core'

/**
 * Returns B (N - 1) / (N - B): batches of B of N examples, drawn without replacement, have the noise of so many drawn
 * with replacement. Infinity for B = N, B for N = Infinity.
 *
 * @param batch B, an integer from 1 to N.
 * @param count N, an integer of at least 1, or Infinity.
 * @throws TypeError or RangeError when one is wrong.
 */
export function effectiveBatch(batch: number, count: number): number {
  return calling('effectiveBatch', () => 1 / noiseFactor(batch, count))
}

/** c = (N - B) / ((N - 1) B): the mean square of a batch's deviation over that of one example. */
export function noiseFactor(batch: unknown, count: unknown): number {
  const N = count === Infinity ? Infinity : number(count, 'count', { integer: true, min: 1 })
  const B = number(batch, 'batch', { integer: true, min: 1, max: N })
  if (N === Infinity) return 1 / B
  return N === B ? 0 : (N - B) / ((N - 1) * B)
}
