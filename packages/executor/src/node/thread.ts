// Runs in a worker thread.
import type { Order } from '../serve-tasks.ts'
import { notCloneable, type Outcome, runTask } from '../task.ts'
import { textOf } from '../text.ts'

const { signal } = new AbortController()

/**
 * Runs a task and returns its outcome as a copy, which can always be posted: an outcome that cannot be would
 * end the thread silently, and a getter may throw the second time. Non-empty typed arrays need no copy.
 */
export default async ({ task, input }: Order): Promise<Outcome> => {
  const outcome = await runTask(task, input, signal)
  try {
    const whole = 'value' in outcome && ArrayBuffer.isView(outcome.value) && outcome.value.byteLength > 0
    return whole ? outcome : structuredClone(outcome)
  } catch (reason) {
    return 'error' in outcome ? { error: new Error(textOf(outcome.error)) } : notCloneable('output', reason)
  }
}
