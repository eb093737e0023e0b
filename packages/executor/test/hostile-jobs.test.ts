// Anyone who can write to the queue may put anything there. Jobs that no client has sent fail with a reason, or are
// dropped where nobody waits for them; the worker process works on, and runs nothing else.
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import { type JobsOptions, Queue } from 'bullmq'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { type TaskFunction, task } from '../dist/index.js'
import { encode } from '../dist/node/cluster/codec.js'
import { cluster } from '../dist/node/cluster.js'
import { hasRedis, TestRedis, TestServer } from './redis.ts'

const tasks = new URL('./tasks/tasks.mjs', import.meta.url)
const square = task<TaskFunction<number, number>>('tasks', 'square')
const folder = mkdtempSync(join(tmpdir(), 'executor-hostile-'))
const proof = join(folder, 'proof')
const payload = join(folder, 'payload.mjs')
writeFileSync(
  payload,
  `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(proof)}, 'ran')\nexport const f = () => 1\n`,
)
symlinkSync(payload, join(folder, 'link.mjs'))
afterAll(() => rmSync(folder, { recursive: true }))

const client = randomUUID()
const good = () => ({
  task: { module: 'tasks', name: 'square' },
  run: randomUUID() as string,
  index: 0,
  replies: `opt:named:replies:${client}`,
})
const odd: unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e300,
  '',
  'x',
  [],
  ['tasks'],
  {},
  { length: 1 },
  'x'.repeat(1e6),
  '\u001b[2J',
]

/** Data of jobs that are wrong by one field, by all, or by what they would run. */
function wrongJobs(): [string, unknown][] {
  const jobs: [string, unknown][] = []
  for (const value of odd) jobs.push(['data', value])
  for (const field of ['task', 'run', 'index', 'replies'])
    for (const value of odd) if (!(field === 'index' && value === 0)) jobs.push([field, { ...good(), [field]: value }])
  for (const field of ['module', 'name'])
    for (const value of odd.filter((value) => typeof value !== 'string' || value === ''))
      jobs.push([`task.${field}`, { ...good(), task: { ...good().task, [field]: value } }])
  for (const key of [
    `opt:other:replies:${client}`,
    'bull:named:wait',
    'opt:named:replies:../x',
    `opt:named:inputs:${client}`,
  ])
    jobs.push(['replies', { ...good(), replies: key }])
  return jobs
}

/** Modules that are not in the list, in all the ways to name one. */
const foreign = [
  payload,
  `file://${payload}`,
  `${folder}/../${folder.split('/').at(-1)}/payload.mjs`,
  `file://${folder}/link.mjs`,
  join(folder, 'link.mjs'),
  './payload.mjs',
  `../../../../../../../../../../../..${payload}`,
  `data:text/javascript,import{writeFileSync}from'node:fs';writeFileSync('${proof}','ran');export const f=()=>1`,
  'node:child_process',
  'child_process',
  'node:fs',
  'fs',
  'bullmq',
  'http://127.0.0.1:1/payload.mjs',
  'constructor',
  '__proto__',
  'toString',
  'prototype',
  tasks.href,
  fileURLToPath(tasks),
]

/** Bytes that stand where an input should. */
const bytes: [string, Buffer][] = [
  ['none', Buffer.alloc(0)],
  ['text', Buffer.from('not a value')],
  ['zeros', Buffer.alloc(100)],
  ['a header alone', Buffer.from([255, 15])],
  ['a later version', Buffer.from([255, 255, 1, 2])],
  ['JSON', Buffer.from('{"__proto__":{"polluted":1}}')],
  ['an array of 4 G', Buffer.from([255, 15, 65, 255, 255, 255, 255, 15])],
  ['a sparse array of 4 G', Buffer.from([255, 15, 97, 255, 255, 255, 255, 15])],
  ['bytes of 2 G', Buffer.from([255, 15, 66, 255, 255, 255, 255, 7])],
  ['a bigint of 2 G', Buffer.from([255, 15, 90, 255, 255, 255, 255, 7])],
  ['a host object', Buffer.from([255, 15, 92, 0, 0, 0])],
  ['a cut value', serialize({ deep: [1, 2, 3] }).subarray(0, 9)],
]

const describeWithRedis = hasRedis ? describe : describe.skip

describeWithRedis(hasRedis ? 'hostile jobs' : 'hostile jobs: skipped, there is no redis-server on this machine', () => {
  let redis: TestRedis
  let raw: Redis
  const servers: TestServer[] = []
  const queues: Queue[] = []
  let named: Queue
  let open: Queue

  beforeAll(async () => {
    redis = await TestRedis.start()
    raw = new Redis(redis.url, { maxRetriesPerRequest: null })
    const cwd = fileURLToPath(new URL('./tasks', import.meta.url))
    servers.push(
      ...(await Promise.all([
        TestServer.start(redis.url, { queue: 'named', modules: { tasks: './tasks.mjs' } }, cwd),
        TestServer.start(redis.url, { queue: 'open' }, cwd),
      ])),
    )
    for (const name of ['named', 'open']) queues.push(new Queue(name, { connection: raw }))
    ;[named, open] = queues as [Queue, Queue]
  })

  afterAll(async () => {
    await Promise.all(queues.map((queue) => queue.close()))
    raw.disconnect()
    await Promise.all(servers.map((server) => server.stop()))
    await redis.stop()
  })

  afterEach(async () => {
    // Still the same processes, still at work, and nothing was run.
    const executor = cluster({ connection: redis.url, queue: 'named' })
    expect(await executor.map(square, [3])).toEqual([9])
    await executor.close()
    expect(servers.map(({ deaths }) => deaths)).toEqual([0, 0])
    for (const { said } of servers)
      expect(said).toMatch(/^(serveCluster: Redis at \S+ refuses the queue's commands: ERR .*\n)*$/)
    expect(existsSync(proof)).toBe(false)
  })

  /** Why a job failed; undefined where it is gone. */
  async function reason(queue: Queue, data: unknown, options: JobsOptions = {}): Promise<string | undefined> {
    const { id } = await queue.add('x', data, options)
    for (;;) {
      const job = await queue.getJob(id!)
      if (job === undefined) return undefined
      if (await job.isFailed()) return (await queue.getJob(id!))!.failedReason
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  test('malformed jobs fail with the reason', async () => {
    const jobs = wrongJobs()
    expect(jobs.length).toBeGreaterThan(60)
    const reasons = await Promise.all(jobs.map(([, data]) => reason(named, data)))
    reasons.forEach((said, i) => {
      const [field] = jobs[i]!
      if (field !== 'data')
        expect(said).toMatch(new RegExp(`^serveCluster: ${field.replace('.', '\\.')}(\\.module)? must be `))
      else expect(said).toMatch(/^serveCluster: (the job|task) must be an object, got /)
      expect(said!.length).toBeLessThan(400)
      expect(said).not.toContain('\u001b')
    })
  })

  test.each([
    ['attempts for ever', { attempts: 1e9, backoff: 0 }],
    ['a delay', { delay: 5 }],
    ['a priority', { priority: 3 }],
    ['a parent that is not there', { jobId: 'mine', keepLogs: -1 }],
    ['limits without sense', { stackTraceLimit: -1, sizeLimit: 1e9 }],
    ['removal that is none', { removeOnFail: { age: -5 } }],
  ])('options are the queue’s business: %s', async (_, options) => {
    const said = await reason(named, { task: 5 }, options)
    expect(said ?? 'serveCluster: task must be').toMatch(/^serveCluster: task must be/)
  })

  test('modules that are not listed are refused before they are imported', async () => {
    for (const module of foreign) {
      const said = await reason(named, { ...good(), task: { module, name: 'f' } })
      expect(said).toMatch(/^task: modules has no .*; it has tasks$/)
    }
  })

  test('a server without modules accepts files only', async () => {
    for (const module of foreign.filter((module) => !module.startsWith('file:')))
      expect(
        await reason(open, { ...good(), replies: `opt:open:replies:${client}`, task: { module, name: 'f' } }),
      ).toMatch(/^serveCluster: task.module must be a file: URL, for this server has no modules by name, got /)
  })

  /** Puts an input in place, as a client would, and a job for it; answers what comes back on the list. */
  async function answer(input: Buffer, name = 'square'): Promise<string | undefined> {
    const job = { ...good(), task: { module: 'tasks', name } }
    await raw
      .multi()
      .hset(`opt:named:inputs:${job.run}`, 0, input)
      .pexpire(`opt:named:inputs:${job.run}`, 60_000)
      .exec()
    const said = await reason(named, job)
    await raw.del(`opt:named:inputs:${job.run}`)
    expect(await raw.llen(job.replies)).toBe(1)
    expect(await raw.pttl(job.replies)).toBeGreaterThan(0)
    await raw.del(job.replies)
    return said
  }

  test.each(bytes)('an input that cannot be read is answered, and its job fails: %s', async (_, input) => {
    expect(await answer(input)).toMatch(/./)
  })

  test.each(['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', 'default', 'notAFunction', 'absent'])(
    'the export %s is not reached',
    async (name) => {
      const executor = cluster({ connection: redis.url, queue: 'named' })
      await expect(executor.map(task('tasks', name), [1])).rejects.toThrow(`exports no function called ${name}`)
      await executor.close()
      await answer(encode(1), name)
    },
  )

  test('jobs that the queue itself cannot read do not stop it', async () => {
    const fields = [
      { data: 'not JSON' },
      { data: '{"__proto__":{"task":5}}', opts: '{}' },
      { data: '{}', opts: 'not JSON' },
      { data: 'NaN', opts: '[]' },
      { data: '[]', opts: 'null' },
      { data: '{}', opts: '{"attempts":"many","repeat":{"every":1}}', rjk: 'a:b:c:d:e' },
      { data: '{}', stacktrace: 'not JSON', opts: '{}' },
      { data: '{}', parent: 'not JSON', parentKey: 'nowhere', opts: '{}' },
      { data: '{}', atm: 'x', ats: 'y', opts: '{}', defa: 'deferred' },
      {},
    ]
    for (const [i, hash] of fields.entries()) {
      const id = `raw-${i}`
      if (Object.keys(hash).length > 0) await raw.hset(`bull:named:${id}`, hash)
      await raw.lpush('bull:named:wait', id)
      await raw.zadd('bull:named:marker', 0, '0')
    }
    const executor = cluster({ connection: redis.url, queue: 'named' })
    expect(await executor.map(square, [1, 2, 3, 4, 5])).toEqual([1, 4, 9, 16, 25])
    await executor.close()
    for (const i of fields.keys())
      while ((await raw.zscore('bull:named:failed', `raw-${i}`)) === null)
        await new Promise((resolve) => setTimeout(resolve, 20))
  })

  test('forged replies are ignored', async () => {
    const executor = cluster({ connection: redis.url, queue: 'named' })
    const map = executor.map(task<TaskFunction<number, number>>('tasks', 'sleep'), [3000])
    // Jobs of earlier tests may vanish between the two commands.
    let job: { task?: { name?: string }; replies: string; run: string } | null = null
    while (job?.task?.name !== 'sleep')
      for (const key of await raw.keys('bull:named:*-0-*'))
        if (!key.endsWith(':lock')) job = JSON.parse((await raw.hget(key, 'data')) ?? 'null') ?? job
    const { replies, run } = job
    for (const [, garbage] of bytes) if (garbage.length > 0) await raw.rpush(replies, garbage)
    for (const value of [null, 5, 'text', {}, { run, index: 7 }, { run: 'x', index: 0, outcome: 1 }, { index: 0 }])
      await raw.rpush(replies, encode(value))
    expect(await map).toEqual([3000])
    await executor.close()
  })

  test('random jobs', async () => {
    const part = fc.oneof(
      fc.constantFrom(...odd, 'tasks', 'square', ...foreign, randomUUID(), `opt:named:replies:${client}`, 0, 1),
      fc.jsonValue(),
    )
    const job = fc
      .record(
        { task: fc.oneof(part, fc.record({ module: part, name: part })), run: part, index: part, replies: part },
        { requiredKeys: [] },
      )
      .map((wrong) => ({ ...good(), ...wrong }))
    const made = fc.sample(job, { numRuns: 200, seed: 1 })
    for (const said of await Promise.all(made.map((data) => reason(named, data))))
      expect(said ?? 'gone').toMatch(/^gone$|^serveCluster: .* must be |^task: modules has no /)
  })
})
