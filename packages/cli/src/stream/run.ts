import { type Interrupts, listenForInterrupts } from '../interrupts.ts'
import { Problem, reasonOf } from '../problem.ts'
import { aboveProgress, progressBars } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { countFeatures, learn, type Work } from './learn.ts'
import { build } from './learners.ts'
import { Predictions } from './predictions.ts'
import { ProgressLog } from './progress-log.ts'
import { knownOf, type StreamRequest, startOf } from './request.ts'
import { Results } from './results.ts'
import { loadInto } from './saved.ts'

/** Learns from the source of a request, prints how it goes, and returns the exit code. */
export async function runStream(request: StreamRequest, terminal: Terminal): Promise<number> {
  const known = knownOf(request)
  const { source, settings, test, old } = request
  const view = terminal.bar && source.size ? progressBars(terminal.bar, ['stream']) : undefined
  const shown = view === undefined ? terminal : aboveProgress(terminal, view)
  let predictions: Predictions | undefined
  let results: Results | undefined
  const interrupts = listenForInterrupts({ closed: terminal.closed, second: () => results?.save(true) })
  const { signal } = interrupts
  try {
    if (request.predictions) {
      const { path, oldLines } = request.predictions
      predictions = new Predictions(path, oldLines, shown)
    }
    const counted = { ...settings, features: settings.features ?? (await countFeatures(source, settings, signal)) }
    const stream = await build(counted)
    if (old) loadInto(stream, old.saved, old.name, !test)
    const certified = !test && settings.learner !== 'sea-exp-concave'
    const log = new ProgressLog(stream, certified, predictions?.onStandardOutput ? shown.err : shown.out)
    const work: Work = {
      source,
      settings: counted,
      stream,
      test,
      known,
      position: startOf(request),
      signal,
      onExample(margin) {
        predictions?.add(margin)
        log.tick()
      },
      onBytes: (bytes) => view?.update('stream', bytes / source.size!, `${stream.examples} examples`),
    }
    results = new Results(request, work, predictions)
    try {
      await learn(work)
    } catch (error) {
      view?.end('stream')
      if (results.examples > 0) log.last()
      throw saveDespite(error, results, request)
    }
    view?.end('stream')
    log.last()
    return finish(request, results, interrupts, terminal)
  } finally {
    predictions?.discard()
    interrupts.stop()
  }
}

function finish(request: StreamRequest, results: Results, { signal, code }: Interrupts, { out }: Terminal): number {
  const { source, state, old, test } = request
  if (signal.aborted) {
    results.save(true)
    const [input, rest] = source.path === undefined ? ['', ' with the rest on standard input'] : [`${source.name} `, '']
    if (results.hasState) out(`Saved to ${state.name}; \`opt stream ${input}--resume ${state.name}\` continues${rest}.`)
    else out(test ? 'Interrupted: not all examples are judged.' : 'Interrupted before the first line.')
    return code!
  }
  if (results.examples === 0 && !old?.resumes) throw new Problem(`${source.name} holds no example`)
  results.save(state.asked)
  if (state.asked) out(`Saved to ${state.name}.`)
  return 0
}

/** Saves what was learned before an example that is wrong, or an input that breaks off; returns the error to throw. */
function saveDespite(error: unknown, results: Results, { state, test }: StreamRequest): unknown {
  if (results.examples === 0) return error
  let message = error instanceof Problem ? error.message : undefined
  try {
    results.save(true)
    if (!test) message += `\nWhat was learned before is saved to ${state.name}.`
  } catch (problem) {
    message += `\n${reasonOf(problem)}`
  }
  return error instanceof Problem ? new Problem(message) : error
}
