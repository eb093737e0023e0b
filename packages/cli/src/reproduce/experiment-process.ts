import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Claim, ExperimentReport, Figure, Scale, Table } from '@opt/core'

/** The message that starts the child. */
export interface Job {
  module: string
  scale: Scale
  seed: number
  dataFolder?: string | undefined
  /** How many threads the experiment may keep busy. */
  cores: number
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
  signal: AbortSignal
  onProgress: (fraction: number, label: string) => void
  onPrint: (text: string) => void
}

/** How long an aborted experiment may take to stop by itself, in milliseconds. */
const GRACE = 2000

// The same path from src and from dist; a child process needs the compiled file.
const CHILD = fileURLToPath(new URL('../../dist/reproduce/child.js', import.meta.url))

/**
 * Runs one experiment in a process of its own and collects its messages. An experiment may compute for
 * minutes without yielding; a separate process keeps Ctrl-C and the progress bar responsive, and
 * out-of-memory affects no other experiment.
 *
 * @param options.onProgress must not throw, nor must onPrint.
 * @returns a promise that never rejects.
 */
export function runExperimentProcess(
  module: string,
  options: RunOptions,
): Promise<{ report: ExperimentReport; failure: Failure | undefined }> {
  const { signal, onProgress, onPrint, ...job } = options
  const report: ExperimentReport = { claims: [], tables: [], figures: [], notes: [], complete: false, seconds: 0 }
  let failure: Failure | undefined
  const start = performance.now()
  // Output of the experiment is no result: it is piped, so that stdout holds only those.
  const child = fork(CHILD, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let ended = false
  let timer: NodeJS.Timeout | undefined
  // A child that cannot be started, for want of file descriptors, has no streams and no channel.
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onPrint)
  const send = (message: Job | 'abort') => child.connected && child.send(message, () => {})

  const receive: { [K in Message['kind']]: (message: Extract<Message, { kind: K }>) => void } = {
    progress: ({ fraction, label }) => onProgress(fraction, label),
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
    send('abort')
    timer = setTimeout(() => child.kill('SIGKILL'), GRACE)
  }
  const release = endWithThisProcess(child)
  signal.addEventListener('abort', abort, { once: true })

  return new Promise((resolve) => {
    // Called by whichever comes first; 'close' follows 'exit' once every message has been read.
    const finish = (reason: string) => {
      clearTimeout(timer)
      release()
      signal.removeEventListener('abort', abort)
      if (!ended && !signal.aborted) failure = { message: `the experiment's process ended early (${reason})` }
      report.seconds = (performance.now() - start) / 1000
      resolve({ report, failure })
    }
    child.once('error', (error) => finish(error.message))
    child.once('close', (code, killer) => finish(killer ? `signal ${killer}; out of memory?` : `exit code ${code}`))
    send({ module, ...job })
    if (signal.aborted) abort()
  })
}

const running = new Set<ChildProcess>()

/** Kills the child if this process exits before it is released: one listener for all, since Node warns of more than ten. */
function endWithThisProcess(child: ChildProcess): () => void {
  if (running.size === 0) process.on('exit', killAll)
  running.add(child)
  return () => {
    running.delete(child)
    if (running.size === 0) process.removeListener('exit', killAll)
  }
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}
