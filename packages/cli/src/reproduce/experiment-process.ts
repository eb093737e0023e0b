import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Claim, ExperimentReport, Figure, Scale, Table } from '@opt/core'
import { printable } from '../terminal/printable.ts'

/** The message that starts the child. */
export interface Job {
  module: string
  scale: Scale
  seed: number
  dataFolder?: string | undefined
}

/** A message from the child, sent as things happen. */
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
  stack?: string | undefined
  /** The error's `code` where it has one, such as 'OPT_DATA_ABSENT'. */
  code?: string | undefined
}

export interface RunOptions extends Omit<Job, 'module'> {
  signal?: AbortSignal | undefined
  onProgress?: ((fraction: number, label: string) => void) | undefined
  onPrint?: ((text: string) => void) | undefined
}

/** How long an aborted experiment may take to stop by itself, in milliseconds. */
const GRACE = 2000

const printToStderr = (text: string): void => void process.stderr.write(printable(text))

// The same path from src and from dist; a child process needs the compiled file.
const CHILD = fileURLToPath(new URL('../../dist/reproduce/child.js', import.meta.url))

/**
 * Runs one experiment in a process of its own and collects its messages. An experiment may compute for
 * minutes without yielding; a separate process keeps Ctrl-C and the progress bar responsive, and
 * out-of-memory affects no other experiment.
 *
 * @returns a promise that rejects only with what a callback throws.
 */
export function runExperimentProcess(
  module: string,
  options: RunOptions,
): Promise<{ report: ExperimentReport; failure: Failure | undefined }> {
  const { signal, onProgress = () => {}, onPrint = printToStderr, ...job } = options
  const report: ExperimentReport = { claims: [], tables: [], figures: [], notes: [], complete: false, seconds: 0 }
  let failure: Failure | undefined
  const start = performance.now()
  // Output of the experiment goes to stderr, so that stdout holds only results, and is escaped on the way.
  const child = fork(CHILD, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let ended = false
  let timer: NodeJS.Timeout | undefined
  const kill = () => void child.kill('SIGKILL')
  let thrown: { error: unknown } | undefined
  /** Wraps a callback so that what it throws ends the run and rejects the promise. */
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
  const reportProgress = guarded(onProgress)

  const receive: { [K in Message['kind']]: (message: Extract<Message, { kind: K }>) => void } = {
    progress: ({ fraction, label }) => reportProgress(fraction, label),
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
    // Called by whichever comes first; 'close' follows 'exit' once every message has been read.
    const finish = (reason: string) => {
      clearTimeout(timer)
      process.removeListener('exit', kill)
      signal?.removeEventListener('abort', abort)
      if (thrown) return reject(thrown.error)
      if (!ended && !signal?.aborted) failure = { message: `the experiment's process ended early (${reason})` }
      report.seconds = (performance.now() - start) / 1000
      resolve({ report, failure })
    }
    child.once('error', (error) => finish(error.message))
    child.once('close', (code, killer) => finish(killer ? `signal ${killer}; out of memory?` : `exit code ${code}`))
    child.send({ module, ...job } satisfies Job, () => {})
    if (signal?.aborted) abort()
  })
}
