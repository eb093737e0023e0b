interface Watch {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

const watches = new WeakMap<AbortSignal, Watch>()

/**
 * Calls back once the signal aborts. A signal gets one listener, however many maps watch it, and none once
 * they are over: Node warns of more than ten.
 *
 * @returns a function that stops watching.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = watches.get(signal) ?? watch(signal)
  const call = () => callback()
  callbacks.add(call)
  return () => {
    if (!callbacks.delete(call) || callbacks.size > 0) return
    signal.removeEventListener('abort', listener)
    watches.delete(signal)
  }
}

function watch(signal: AbortSignal): Watch {
  const callbacks = new Set<() => void>()
  const listener = () => {
    for (const call of [...callbacks]) call()
  }
  const started = { callbacks, listener }
  watches.set(signal, started)
  signal.addEventListener('abort', listener)
  return started
}
