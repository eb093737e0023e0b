import { callback, options, refuse, show } from '@opt/core'
import { checkScores, isTyped } from '../intake.ts'

/** Scores of one batch, and its place in the stream. */
export interface ScoredBatch {
  /** The number of examples before this batch. */
  start: number
  scores: Float64Array
}

/** Options of {@link scoreStream}. */
export interface ScoreStreamOptions {
  /** Called after each batch with the number of examples done. */
  onProgress?: ((examples: number) => void) | undefined
  /** Ends the stream at the next batch, with the signal's reason. */
  signal?: AbortSignal | undefined
}

/** Whether `for await` can iterate over x; a string is no stream of batches. */
const isIterable = (x: unknown): boolean =>
  typeof x === 'object' && x !== null && (Symbol.asyncIterator in x || Symbol.iterator in x)

/**
 * Scores a stream of data that does not fit into memory. It holds one batch at a time.
 *
 *     const score = ({ logits, labels }) => el2n(logits, labels, { classes: 10 })
 *     for await (const { start, scores } of scoreStream(batches, score)) ...
 *
 * @throws TypeError or RangeError when `score` returns anything but scores.
 */
export async function* scoreStream<Batch>(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  score: (batch: Batch) => Float64Array,
  given: ScoreStreamOptions = {},
): AsyncGenerator<ScoredBatch, void, void> {
  const { onProgress, signal } = options(given, 'scoreStream: options', ['onProgress', 'signal'])
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
    checkScores(scores, 'scoreStream: score(batch)')
    yield { start, scores }
    start += scores.length
    onProgress?.(start)
  }
}
