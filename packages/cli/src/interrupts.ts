import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The exit code when the reader of the output has gone: the one of a process ended by SIGPIPE. */
export const PIPE_CODE: number = 128 + constants.signals.SIGPIPE

/** A listener for interrupts. */
export interface Interrupts {
  /** Aborts at the first Ctrl-C, SIGTERM or SIGHUP, or when nobody reads the output any more. */
  readonly signal: AbortSignal
  /** The exit code for it: 128 plus the signal's number. */
  readonly code: number | undefined
  /** Stops listening. */
  stop(): void
}

/** What to do at an interrupt. */
export interface InterruptActions {
  /** Called at the first. */
  first?: () => void
  /** Called at the second, just before the process ends. */
  second?: () => void
  /** Counts as an interrupt when it aborts: nobody reads standard output any more. */
  closed?: AbortSignal | undefined
}

/**
 * Listens for Ctrl-C, SIGTERM and SIGHUP: the first aborts the signal and lets the command finish, the second ends the
 * process.
 */
export function listenForInterrupts({ first, second, closed }: InterruptActions): Interrupts {
  const controller = new AbortController()
  let code: number | undefined
  const interrupt = (exitCode: number) => {
    code = exitCode
    controller.abort()
  }
  const listen = (name: (typeof SIGNALS)[number]) => {
    const exitCode = 128 + constants.signals[name]
    if (!controller.signal.aborted) {
      interrupt(exitCode)
      first?.()
      return
    }
    try {
      second?.()
    } finally {
      process.exit(exitCode)
    }
  }
  const close = () => interrupt(PIPE_CODE)
  for (const name of SIGNALS) process.on(name, listen)
  closed?.addEventListener('abort', close)
  if (closed?.aborted) close()
  return {
    signal: controller.signal,
    get code() {
      return code
    },
    stop() {
      for (const name of SIGNALS) process.removeListener(name, listen)
      closed?.removeEventListener('abort', close)
    },
  }
}
