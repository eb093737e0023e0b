import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Claim, ExperimentReport, Figure, Scale, Table } from '@opt/core'
import { printable } from './printable.ts'

/** What the child is told. */
export interface Job {
  module: string
  scale: Scale
  seed: number
  dataFolder?: string
}

/** What the child says, in the order it happens. */
export type Message =
  | { kind: 'progress'; fraction: number; label: string }
  | { kind: 'claims'; value: Claim }
  | { kind: 'tables'; value: Table }
  | { kind: 'figures'; value: Figure }
  | { kind: 'notes'; value: string }
  | { kind: 'end'; complete: boolean }
  | { kind: 'error'; failure: Failure }

/** Why an experiment did not finish. */
export interface Failure {
  message: string
  stack?: string
  /** The error's `code` where it has one, such as 'OPT_DATA_ABSENT'. */
  code?: string
}

export interface RunOptions extends Omit<Job, 'module'> {
  signal?: AbortSignal
  onProgress?: (fraction: number, label: string) => void
  onPrint?: (text: string) => void
}

/** How long an aborted experiment may take to come to rest by itself, in milliseconds. */
const GRACE = 2000

const printToStderr = (text: string): void => void process.stderr.write(printable(text))

// Beside both src/run.ts and dist/run.js: a child process needs the compiled file.
const CHILD = fileURLToPath(new URL('../dist/child.js', import.meta.url))

/**
 * Runs one experiment in a process of its own and collects all that it says.
 *
 * A process, because an experiment may compute for minutes without giving way: so Ctrl-C is heard at once, the progress
 * bar stays alive, and a paper that runs out of memory takes nobody else's results with it. Rejects only with what a callback
 * throws.
 */
export function runModule(
  module: string,
  options: RunOptions,
): Promise<{ report: ExperimentReport; failure?: Failure }> {
  const { signal, onProgress = () => {}, onPrint = printToStderr, ...job } = options
  const report: ExperimentReport = { claims: [], tables: [], figures: [], notes: [], complete: false, seconds: 0 }
  let failure: Failure | undefined
  const start = performance.now()
  // Whatever an experiment prints goes to stderr, so that stdout stays ours; through our hands, since it may print anything.
  const child = fork(CHILD, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let ended = false
  let timer: NodeJS.Timeout | undefined
  const kill = () => void child.kill('SIGKILL')
  let thrown: { error: unknown } | undefined
  /** What a callback throws ends the run, and comes out of it. */
  const guarded =
    <A extends unknown[]>(callback: (...args: A) => void) =>
    (...args: A): void => {
      if (thrown) return
      try {
        callback(...args)
      } catch (error) {
        thrown = { error }
        kill()
      }
    }
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', guarded(onPrint))
  const tell = guarded(onProgress)

  const receive: { [K in Message['kind']]: (message: Extract<Message, { kind: K }>) => void } = {
    progress: ({ fraction, label }) => tell(fraction, label),
    claims: ({ value }) => void report.claims.push(value),
    tables: ({ value }) => void report.tables.push(value),
    figures: ({ value }) => void report.figures.push(value),
    notes: ({ value }) => void report.notes.push(value),
    end({ complete }) {
      ended = true
      report.complete = complete
    },
    error(message) {
      ended = true
      failure = message.failure
    },
  }
  child.on('message', (message: Message) => (receive[message.kind] as (m: Message) => void)(message))

  const abort = () => {
    child.send('abort', () => {})
    timer = setTimeout(kill, GRACE)
  }
  process.once('exit', kill)
  signal?.addEventListener('abort', abort, { once: true })

  return new Promise((resolve, reject) => {
    // Whichever comes first; 'close' follows 'exit' once every message has been read.
    const finish = (reason: string) => {
      clearTimeout(timer)
      process.removeListener('exit', kill)
      signal?.removeEventListener('abort', abort)
      if (thrown) return reject(thrown.error)
      if (!ended && !signal?.aborted) failure = { message: `the experiment's process ended early (${reason})` }
      report.seconds = (performance.now() - start) / 1000
      resolve({ report, ...(failure ? { failure } : {}) })
    }
    child.once('error', (error) => finish(error.message))
    child.once('close', (code, killer) => finish(killer ? `signal ${killer}; out of memory?` : `exit code ${code}`))
    child.send({ module, ...job } satisfies Job, () => {})
    if (signal?.aborted) abort()
  })
}
