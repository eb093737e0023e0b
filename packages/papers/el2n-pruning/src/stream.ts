import { refuse, show } from '@opt/core'
import { checkScores } from './intake.ts'

/** Scores of one batch, at their place in the stream. */
export interface ScoredBatch {
  /** How many examples came before. */
  start: number
  scores: Float64Array
}

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
  { onProgress, signal }: { onProgress?: (examples: number) => void; signal?: AbortSignal } = {},
): AsyncGenerator<ScoredBatch, void, void> {
  let start = 0
  for await (const batch of batches) {
    signal?.throwIfAborted()
    const scores = score(batch)
    if (!ArrayBuffer.isView(scores))
      refuse('scoreStream: score', 'a function that returns a Float64Array', show(scores), 'type')
    checkScores(scores, 'scoreStream: score(batch)')
    yield { start, scores }
    start += scores.length
    onProgress?.(start)
  }
}
