/** How a call ended. */
export type Outcome = { answer: unknown } | { error: unknown }

const TURNS = 100

/** Calls, awaits a promise, and runs a generator for at most 100 turns. */
export async function outcomeOf(call: () => unknown): Promise<Outcome> {
  try {
    return { answer: await finished(await call()) }
  } catch (error) {
    return { error }
  }
}

async function finished(answer: unknown): Promise<unknown> {
  const run = answer as Iterator<unknown> | AsyncIterator<unknown> | null | undefined
  if (typeof run?.next !== 'function') return answer
  const seen: unknown[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const { done, value } = await run.next()
    if (done) return { seen, answer: value, status: (value as { status?: unknown } | undefined)?.status }
    seen.push(value)
  }
  await run.return?.()
  return { seen }
}

/**
 * Whether it is an Error whose message begins with one of the names: 'sinkhorn: ...',
 * 'Random.integer: ...', 'x[0] must be ...'.
 */
export function isNamed(error: unknown, names: readonly string[]): boolean {
  const { message } = error as { message?: unknown }
  return (
    (error instanceof Error || Object.prototype.toString.call(error) === '[object Error]') &&
    typeof message === 'string' &&
    names.some(
      (name) => message.startsWith(name) && /^(\.\w+|\[\d+\]|\(.*?\))*(: | must be )/.test(message.slice(name.length)),
    )
  )
}

/** Whether an error is the thrown one, or has it as a cause. */
export function holds(error: unknown, thrown: Error): boolean {
  for (let at = error; at !== undefined && at !== null; at = (at as { cause?: unknown }).cause)
    if (at === thrown) return true
  return false
}
