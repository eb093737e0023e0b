import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The exit code of a command whose reader has gone: what the shell reports of one ended by SIGPIPE. */
export const PIPE_CODE: number = 128 + constants.signals.SIGPIPE

/** Who waits for Ctrl-C. */
export interface Interrupts {
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP, or once nobody reads the output. */
  readonly signal: AbortSignal
  /** The exit code that goes with it: 128 and the signal's number. */
  readonly code: number | undefined
  /** Stops listening. */
  stop(): void
}

/** What happens at an interrupt. */
export interface InterruptActions {
  /** At the first. */
  first?: () => void
  /** At the second, just before the process ends. */
  second?: () => void
  /** Aborted when nobody reads standard output any more: counts as an interrupt. */
  closed?: AbortSignal | undefined
}

/** Listens for Ctrl-C (SIGTERM, SIGHUP): the first aborts and leaves it to the command to come to rest, the second ends the process. */
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
