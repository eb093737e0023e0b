import { setTimeout as delay } from 'node:timers/promises'
import { notCloneable, type Outcome } from '../../task.ts'
import { brief, textOf } from '../../text.ts'
import { encode, encodeOutcome } from './codec.ts'
import { inputsKey, type JobData, refusedField } from './job.ts'
import { type Connected, execute, mayPass, refusal } from './redis.ts'

/** How often a server tries to store an answer. */
const TRIES = 6
/** Milliseconds between these attempts. */
const PAUSE_MS = 500

/** The server of a queue. */
export interface Server {
  readonly connected: Connected
  readonly queue: string
  readonly logRefusal: (said: string) => void
}

/**
 * Pushes an answer to its client's list while the client's lease on the inputs lasts. When Redis refuses an answer, the
 * reason is stored beside the inputs, where the client finds it.
 *
 * @throws {Error} what Redis said
 */
export async function storeAnswer(server: Server, data: JobData, outcome: Outcome): Promise<void> {
  const { connected, queue, logRefusal } = server
  const { redis } = connected
  const { run, index, replies } = data
  const inputs = inputsKey(queue, run)
  const bytes = encode({ run, index, outcome: outcomeBytes(outcome) })
  const refused = await firstRefusal(connected, bytes.length, async () => {
    const left = await redis.pttl(inputs)
    if (left > 0) await execute(redis.multi().rpush(replies, bytes).pexpire(replies, left))
  })
  if (refused === undefined) return
  logRefusal(`the answer to inputs[${index}]: ${refused}`)
  await firstRefusal(connected, 0, async () => {
    const left = await redis.pttl(inputs)
    if (left > 0) await execute(redis.pipeline().hset(inputs, refusedField(index), refused).pexpire(inputs, left))
  })
  throw new Error(`Redis refused the answer to inputs[${index}]: ${refused}`)
}

/** Returns Redis' reason for refusing the answer, if it does; temporary refusals and outages are waited out briefly. */
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

/** Encodes an outcome; shared memory can be sent from threads to this process, but no further. */
function outcomeBytes(outcome: Outcome): Buffer {
  try {
    return encodeOutcome(outcome)
  } catch (reason) {
    return encodeOutcome(
      'error' in outcome ? { error: new Error(textOf(outcome.error)) } : notCloneable('output', reason),
    )
  }
}

/** Returns a function that writes what Redis refuses to standard error, without immediate repetition. */
export function refusalLog(place: string): (said: string) => void {
  let last: string | undefined
  return (said) => {
    if (said === last) return
    last = said
    console.error(`serveCluster: Redis at ${place} refuses ${brief(said)}`)
  }
}
