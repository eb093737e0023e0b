// Runs one experiment on behalf of run.ts and tells it, message by message, what the experiment says.
import { type Experiment, runExperiment } from '@opt/core/experiment'
import { experiments } from './catalogue.ts'
import { real, text } from './checks.ts'
import type { Failure, Job, Message } from './run.ts'
import * as shapes from './shapes.ts'

const say = (message: Message): void => void process.send!(message)
const sayLast = (message: Message): void => void process.send!(message, () => process.disconnect())
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
            say({ kind: 'claims', value })
          },
          table(value) {
            shapes.table(value, 'table')
            say({ kind: 'tables', value })
          },
          figure(value) {
            shapes.figure(value, 'figure')
            say({ kind: 'figures', value })
          },
          note(value) {
            text(value, 'note')
            say({ kind: 'notes', value })
          },
        }),
      {
        ...options,
        signal: controller.signal,
        onProgress(fraction, label) {
          real(fraction, 'progress: fraction')
          text(label, 'progress: label')
          say({ kind: 'progress', fraction, label })
        },
      },
    )
    sayLast({ kind: 'end', complete: report.complete })
  } catch (error) {
    sayLast({ kind: 'error', failure: failureOf(error) })
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code } = error as { code?: unknown }
  return {
    message: error.message || error.name,
    ...(error.stack ? { stack: error.stack } : {}),
    ...(typeof code === 'string' ? { code } : {}),
  }
}

// Ctrl-C and a terminal that closes reach the whole group; the parent decides what they mean.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {})
process.on('message', (message: Job | 'abort') => {
  if (message === 'abort') controller.abort()
  else void run(message)
})
process.on('disconnect', () => process.exit())
