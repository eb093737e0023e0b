import { setImmediate } from 'node:timers/promises'
import type { LogisticStream } from '@opt/sea-omd'
import { Problem, withoutFunction } from '../problem.ts'
import { exampleOf } from './examples.ts'
import type { Settings } from './learners.ts'
import { after, linesOf, type Position, type Source, START } from './lines.ts'

/** How long signals may have to wait, in milliseconds. */
const PATIENCE = 20

/** What {@link learn} works on. */
export interface Work {
  source: Source
  settings: Settings
  stream: LogisticStream
  /** Judge only, learn nothing. */
  test: boolean
  /** What is known already: it is passed over, and must be the same. */
  known?: { position: Position; mismatch: Problem } | undefined
  /** What is learned. At every pause it says so exactly, together with `stream`. */
  position: Position
  signal: AbortSignal
  /** Told the margin of each example. */
  onExample: (margin: number) => void
  onBytes?: ((bytes: number) => void) | undefined
}

/**
 * Learns line by line until the source ends or the signal is aborted.
 *
 * @throws Problem naming the line that is no example; `position` is then the line before it.
 */
export async function learn(work: Work): Promise<void> {
  const { source, settings, stream, test, known, signal, onExample, onBytes } = work
  const see = test ? stream.judge : stream.see
  let passed = START
  let rest = performance.now()
  for await (const lines of linesOf(source, signal, onBytes))
    for (const line of lines) {
      if (signal.aborted) return
      if (known && passed.lines < known.position.lines) {
        passed = after(passed, line)
        if (passed.lines === known.position.lines && passed.digest !== known.position.digest) throw known.mismatch
      } else {
        const example = exampleOf(line, work.position.lines + 1, settings)
        const margin = example && inLine(work.position.lines + 1, () => see(example))
        work.position = after(work.position, line)
        if (margin !== undefined) onExample(margin)
      }
      if (performance.now() - rest < PATIENCE) continue
      await setImmediate()
      rest = performance.now()
    }
  if (!signal.aborted && known && passed.lines < known.position.lines) throw known.mismatch
}

function inLine<T>(line: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Problem(`line ${line}: ${withoutFunction(error)}`)
  }
}

/** Counts features: the largest index of a file. */
export async function countFeatures(
  source: Source,
  settings: Pick<Settings, 'positive' | 'firstIndex'>,
  signal: AbortSignal,
): Promise<number> {
  let [line, largest] = [0, 1]
  for await (const lines of linesOf(source, signal))
    for (const text of lines) {
      const example = exampleOf(text, ++line, { ...settings, features: Number.MAX_SAFE_INTEGER })
      largest = Math.max(largest, (example?.indices.at(-1) ?? 0) + 1)
    }
  return largest
}
