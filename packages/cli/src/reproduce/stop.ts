import { setMaxListeners } from 'node:events'

/** What stops all running experiments: the caller's signal, or a callback that throws. */
export interface Stop {
  readonly signal: AbortSignal
  /** Wraps a callback: what it throws stops the run, and no callback is called after that. */
  guarded<A extends unknown[]>(callback: ((...args: A) => void) | undefined): (...args: A) => void
  /** Called once nothing runs any more. Throws what a callback threw. */
  end(): void
}

export function stopBy(outer: AbortSignal | undefined): Stop {
  const controller = new AbortController()
  // Every running experiment listens, and Node warns of more than ten.
  setMaxListeners(0, controller.signal)
  const abort = () => controller.abort()
  outer?.addEventListener('abort', abort)
  if (outer?.aborted) abort()
  let thrown: { error: unknown } | undefined
  return {
    signal: controller.signal,
    guarded:
      (callback) =>
      (...args) => {
        if (thrown) return
        try {
          callback?.(...args)
        } catch (error) {
          thrown = { error }
          abort()
        }
      },
    end() {
      outer?.removeEventListener('abort', abort)
      if (thrown) throw thrown.error
    },
  }
}
