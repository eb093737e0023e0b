import type { Redis } from 'ioredis'

/** Fields of a job that hold JSON, counters, or links to other jobs. */
const JSON_FIELDS = ['data', 'opts', 'progress', 'parent', 'stacktrace']
const COUNTERS = ['ats', 'atm', 'stc']
const LINKS = ['parentKey', 'rjk', 'defa']
const FIELDS = [...JSON_FIELDS, ...COUNTERS, ...LINKS]

/**
 * Repairs active jobs that the queue cannot read. It would throw at each of them and hand them out again
 * forever; repaired, they reach the server, which rejects them as sent by no client.
 */
export async function mendJobs(redis: Redis, toKey: (name: string) => string): Promise<void> {
  for (const id of await redis.lrange(toKey('active'), 0, -1)) {
    const values = await redis.hmget(toKey(id), ...FIELDS)
    const job = Object.fromEntries(FIELDS.map((field, i) => [field, values[i] ?? null]))
    if (!isReadable(job)) await redis.hdel(toKey(id), ...FIELDS)
  }
}

function isReadable(job: Record<string, string | null>): boolean {
  if (COUNTERS.some((field) => !/^\d+$/.test(job[field] ?? '0'))) return false
  try {
    const [, opts] = JSON_FIELDS.map((field) => JSON.parse(job[field] ?? '{}') as unknown)
    const followed = job.parentKey === null || job.parent !== null
    return followed && typeof opts === 'object' && opts !== null
  } catch {
    return false
  }
}
