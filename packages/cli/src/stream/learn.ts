import { setImmediate } from 'node:timers/promises'
import type { LibsvmExample } from '@opt/datasets'
import type { OpenExamples } from '@opt/datasets/node'
import type { LogisticStream } from '@opt/sea-omd'
import { Problem, withoutFunction } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import { exampleOf } from './examples.ts'
import { after, type Position, START } from './position.ts'
import type { Settings, UncountedSettings } from './settings.ts'
import { openSource, type Source } from './source.ts'

/** How long signals may have to wait, in milliseconds. */
const PATIENCE = 20

/** What {@link learn} works on. */
export interface Work {
  source: Source
  settings: Settings
  stream: LogisticStream
  /** Judge only, learn nothing. */
  test: boolean
  /** The lines that are learned already: they are skipped, and must be the same. */
  known?: { position: Position; mismatch: Problem } | undefined
  /** The lines that are learned. Whenever the loop pauses, it agrees with `stream`. */
  position: Position
  signal: AbortSignal
  /** Receives the margin of each example. */
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
  const examples = await openSource(source, settings, signal, onBytes)
  if (!examples) return
  checkForm(examples, work)
  const see = (example: LibsvmExample) => (test ? stream.judge(example) : stream.see(example))
  let skipped = START
  let pause = performance.now()
  for await (const lines of examples.lines)
    for (const line of lines) {
      if (signal.aborted) return
      if (known && skipped.lines < known.position.lines) {
        skipped = after(skipped, line)
        if (skipped.lines === known.position.lines && skipped.digest !== known.position.digest) throw known.mismatch
      } else {
        const number = work.position.lines + 1
        const example = exampleOf(line, number, examples, settings)
        const margin = example && inLine(number, () => see(example))
        work.position = after(work.position, line)
        if (margin !== undefined) onExample(margin)
      }
      if (performance.now() - pause < PATIENCE) continue
      await setImmediate()
      pause = performance.now()
    }
  if (!signal.aborted && known && skipped.lines < known.position.lines) throw known.mismatch
}

/** Refuses a file whose form contradicts the settings. */
function checkForm({ format, features }: OpenExamples, { source, settings }: Work): void {
  if (features !== undefined && features !== settings.features)
    throw new Problem(`expected ${settings.features} features, ${source.name} has ${features}`)
  if (format === 'libsvm' && typeof settings.positive === 'string')
    throw new Problem(`--positive must be a number for a LIBSVM file, got ${nameable(settings.positive)}`)
}

function inLine<T>(line: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Problem(`line ${line}: ${withoutFunction(error)}`)
  }
}

/** Counts the features of a file: the columns of a table but the label, or the largest index of a LIBSVM file. */
export async function countFeatures(source: Source, settings: UncountedSettings, signal: AbortSignal): Promise<number> {
  const examples = await openSource(source, settings, signal)
  if (examples?.features !== undefined) return examples.features
  let [line, largest] = [0, 1]
  for await (const lines of examples?.lines ?? [])
    for (const text of lines) {
      const example = exampleOf(text, ++line, examples!, { ...settings, features: Number.MAX_SAFE_INTEGER })
      largest = Math.max(largest, (example?.indices.at(-1) ?? 0) + 1)
    }
  return largest
}
