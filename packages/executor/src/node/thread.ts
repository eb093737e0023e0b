// What runs in a worker thread.
import type { Order } from '../serve-tasks.ts'
import { notCloneable, type Outcome, runTask } from '../task.ts'

const { signal } = new AbortController()

/** An output that cannot be posted would end the thread without a word, so it is tried first; arrays always can. */
export default async ({ task, input }: Order): Promise<Outcome> => {
  const outcome = await runTask(task, input, signal)
  try {
    if ('value' in outcome && !ArrayBuffer.isView(outcome.value)) structuredClone(outcome.value)
    return outcome
  } catch (error) {
    return notCloneable('output', error as Error)
  }
}
