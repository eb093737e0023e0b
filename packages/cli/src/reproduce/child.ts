// The process that experiment-process.ts starts: runs one experiment and sends what it reports.
import { type Experiment, runExperiment } from '@opt/core/experiment'
import { experiments } from '../catalogue.ts'
import { real, text } from '../checks.ts'
import type { Failure, Job, Message } from './experiment-process.ts'
import * as shapes from './shapes.ts'

const send = (message: Message): void => void process.send!(message)
const sendLast = (message: Message): void => void process.send!(message, () => process.disconnect())
const controller = new AbortController()

async function run({ module, ...options }: Job): Promise<void> {
  try {
    const load: () => Promise<{ experiment: Experiment }> = experiments[module] ?? (() => import(module))
    const { experiment } = await load()
    if (typeof experiment !== 'function') throw new TypeError(`${module} exports no function called experiment`)
    const report = await runExperiment(
      (context) =>
        experiment({
          ...context,
          claim(value) {
            shapes.claim(value, 'claim')
            send({ kind: 'claims', value })
          },
          table(value) {
            shapes.table(value, 'table')
            send({ kind: 'tables', value })
          },
          figure(value) {
            shapes.figure(value, 'figure')
            send({ kind: 'figures', value })
          },
          note(value) {
            text(value, 'note')
            send({ kind: 'notes', value })
          },
        }),
      {
        ...options,
        signal: controller.signal,
        onProgress(fraction, label) {
          real(fraction, 'progress: fraction')
          text(label, 'progress: label')
          send({ kind: 'progress', fraction, label })
        },
      },
    )
    sendLast({ kind: 'end', complete: report.complete })
  } catch (error) {
    sendLast({ kind: 'error', failure: failureOf(error) })
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code } = error as { code?: unknown }
  return {
    message: error.message || error.name,
    stack: error.stack,
    code: typeof code === 'string' ? code : undefined,
  }
}

// Ctrl-C and a closed terminal reach the whole process group; the parent decides what to do.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {})
process.on('message', (message: Job | 'abort') => {
  if (message === 'abort') controller.abort()
  else void run(message)
})
process.on('disconnect', () => process.exit())
