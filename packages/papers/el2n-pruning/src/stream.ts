import { callback, options, refuse, show } from '@opt/core'
import { isTyped, scoresOf } from './intake.ts'

/** Scores of one batch, at their place in the stream. */
export interface ScoredBatch {
  /** How many examples came before. */
  start: number
  scores: Float64Array
}

/** Can `for await` go over it? A text is no stream of batches. */
const isIterable = (x: unknown): boolean =>
  typeof x === 'object' && x !== null && (Symbol.asyncIterator in x || Symbol.iterator in x)

/**
 * Scores a stream that is larger than memory, batch by batch: nothing is kept of a batch once the next is asked for.
 *
 *     for await (const { start, scores } of scoreStream(batches, ({ logits, labels }) => el2n(logits, labels, { classes: 10 })))
 *
 * @throws TypeError or RangeError when `score` returns no scores, or NaN
 * @param onProgress is told how many examples are done after each batch
 */
export async function* scoreStream<Batch>(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  score: (batch: Batch) => Float64Array,
  given: { onProgress?: (examples: number) => void; signal?: AbortSignal } = {},
): AsyncGenerator<ScoredBatch, void, void> {
  const { onProgress, signal } = options(given, 'scoreStream: options')
  callback(score, 'scoreStream: score')
  if (onProgress !== undefined) callback(onProgress, 'scoreStream: onProgress')
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    refuse('scoreStream: signal', 'an AbortSignal', show(signal), 'type')
  if (!isIterable(batches)) refuse('scoreStream: batches', 'iterable', show(batches), 'type')
  let start = 0
  for await (const batch of batches) {
    signal?.throwIfAborted()
    const scores = score(batch)
    if (!isTyped(scores)) refuse('scoreStream: score', 'a function that returns a Float64Array', show(scores), 'type')
    scoresOf(scores, 'scoreStream: score(batch)')
    yield { start, scores }
    start += scores.length
    onProgress?.(start)
  }
}
