// The data of a client in Redis live hardly longer than the client. The lease is short here.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { task } from '../dist/index.js'
import { clusterExecutor } from '../dist/node/cluster/cluster-executor.js'
import { PACE } from '../dist/node/cluster/pace.js'
import { hasRedis, TestRedis, TestServer } from './redis.ts'

const counted = task<(input: { file: string; x: number; ms: number }) => Promise<number>>(
  new URL('./tasks/counted.mjs', import.meta.url),
  'counted',
)
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

const describeWithRedis = hasRedis ? describe : describe.skip

describeWithRedis(hasRedis ? 'leases' : 'leases: skipped, there is no redis-server on this machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'executor-lease-'))
  let redis: TestRedis
  let server: TestServer
  let watcher: Redis
  beforeAll(async () => {
    redis = await TestRedis.start()
    server = await TestServer.start(redis.url)
    watcher = new Redis(redis.url)
  })
  afterAll(async () => {
    watcher.disconnect()
    await server.stop()
    await redis.stop()
    rmSync(folder, { recursive: true })
  })

  const leftovers = async () =>
    (await watcher.keys('*')).filter((key) => !/^bull:opt:(id|meta|events|stalled-check|marker)$/.test(key))

  test('everything of a killed client is gone after its lease', async () => {
    const script = fileURLToPath(new URL('./tasks/short-lease.mjs', import.meta.url))
    const client = spawn(process.execPath, [script, redis.url, '2000'], { stdio: 'inherit' })
    let ended = false
    const end = once(client, 'exit').then(() => (ended = true))
    const lives: number[] = []
    let most = 0
    while (!ended || (await leftovers()).length > 0) {
      const keys = await watcher.keys('opt:*')
      most = Math.max(most, keys.length)
      for (const key of keys) lives.push(await watcher.pttl(key))
      await sleep(20)
    }
    await end
    expect(most).toBeGreaterThan(1)
    expect(lives.filter((life) => life === -1 || life > 2000)).toEqual([])
  })

  test.each([
    ['a task that takes longer than the lease', 1, 4000, 0],
    ['answers that are taken slowly', 12, 1, 500],
  ])('%s: nothing is done twice', async (name, n, ms, pause) => {
    const file = join(folder, name)
    const executor = clusterExecutor({ connection: redis.url }, { ...PACE, round: 100, lease: 2000 })
    const inputs = Array.from({ length: n }, (_, x) => ({ file, x, ms }))
    expect(await executor.map(counted, inputs, { onProgress: () => block(pause) })).toEqual(inputs.map(({ x }) => x))
    expect(readFileSync(file, 'utf8')).toHaveLength(n)
    await executor.close()
  })

  test('a client that stalls for longer than its lease still gets its answers', async () => {
    const file = join(folder, 'held up')
    const executor = clusterExecutor({ connection: redis.url }, { ...PACE, round: 100, lease: 300 })
    const inputs = Array.from({ length: 6 }, (_, x) => ({ file, x, ms: 20 }))
    const onProgress = ({ completed }: { completed: number }) => completed < 3 && block(700)
    expect(await executor.map(counted, inputs, { onProgress })).toEqual([0, 1, 2, 3, 4, 5])
    await executor.close()
    while ((await leftovers()).length > 0) await sleep(20)
  })
})
