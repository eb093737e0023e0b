import { setTimeout as delay } from 'node:timers/promises'
import { notCloneable, type Outcome } from '../task.ts'
import { brief, textOf } from '../text.ts'
import { encode, encodeOutcome } from './codec.ts'
import { inputsKey, type JobData, refusedField } from './job.ts'
import { type Connected, execute, mayPass, refusal } from './redis.ts'

/** How often, and how far apart, a server tries to store an answer. */
const TRIES = 6
const PAUSE_MS = 500

/** What a server needs to answer. */
export interface Desk {
  readonly connected: Connected
  readonly queue: string
  readonly complain: (said: string) => void
}

/**
 * Pushes an answer to its client's list, for as long as the client's lease on the inputs still runs. An answer that
 * Redis refuses would be lost without a word: the client finds the reason beside its inputs.
 *
 * @throws {Error} what Redis said
 */
export async function storeAnswer(desk: Desk, data: JobData, outcome: Outcome): Promise<void> {
  const { connected, queue, complain } = desk
  const { redis } = connected
  const { run, index, replies } = data
  const inputs = inputsKey(queue, run)
  const bytes = encode({ run, index, outcome: outcomeBytes(outcome) })
  const refused = await firstRefusal(connected, bytes.length, async () => {
    const left = await redis.pttl(inputs)
    if (left > 0) await execute(redis.multi().rpush(replies, bytes).pexpire(replies, left))
  })
  if (refused === undefined) return
  complain(`the answer to inputs[${index}]: ${refused}`)
  await firstRefusal(connected, 0, async () => {
    const left = await redis.pttl(inputs)
    if (left > 0) await execute(redis.pipeline().hset(inputs, refusedField(index), refused).pexpire(inputs, left))
  })
  throw new Error(`Redis refused the answer to inputs[${index}]: ${refused}`)
}

/** What Redis says if it does not take the answer; what may pass is waited out for a moment, and so are outages. */
async function firstRefusal(
  { longest, clean }: Connected,
  size: number,
  store: () => Promise<void>,
): Promise<string | undefined> {
  if (size > longest) return `it takes ${size} bytes, more than ${longest} (proto-max-bulk-len)`
  for (let attempt = 1; ; attempt++) {
    try {
      return await store().then(() => undefined)
    } catch (error) {
      const refused = refusal(error, clean)
      if (attempt === TRIES || (refused !== undefined && !mayPass(refused))) return refused ?? clean(textOf(error))
      await delay(PAUSE_MS)
    }
  }
}

/** Shared memory can go to this process from its threads, but no further. */
function outcomeBytes(outcome: Outcome): Buffer {
  try {
    return encodeOutcome(outcome)
  } catch (reason) {
    return encodeOutcome(
      'error' in outcome ? { error: new Error(textOf(outcome.error)) } : notCloneable('output', reason),
    )
  }
}

/** Says what Redis refuses on standard error: each thing once, until another takes its place. */
export function complaints(place: string): (said: string) => void {
  let last: string | undefined
  return (said) => {
    if (said === last) return
    last = said
    console.error(`serveCluster: Redis at ${place} refuses ${brief(said)}`)
  }
}
