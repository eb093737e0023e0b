// What runs in a worker thread.
import type { Order } from '../serve-tasks.ts'
import { notCloneable, type Outcome, runTask } from '../task.ts'
import { textOf } from '../text.ts'

const { signal } = new AbortController()

/**
 * An outcome that cannot be posted would end the thread without a word, so a copy is posted, which always can: a getter
 * may throw the second time. Bytes that are there can be posted as they are.
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
