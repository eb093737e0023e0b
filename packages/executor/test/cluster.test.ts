// Worker processes load JavaScript, so this tests the built package, with real processes and a real Redis.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { type Executor, inProcess, type Progress, type TaskFunction, task } from '../dist/index.js'
import { cluster, serveCluster } from '../dist/node/cluster.js'
import { EXACT_VALUES } from './exact-values.ts'
import { hasRedis, TestRedis, TestServer } from './redis.ts'

const tasks = new URL('./tasks/tasks.mjs', import.meta.url)
const deaths = new URL('./tasks/deaths.mjs', import.meta.url)
const square = task<TaskFunction<number, number>>(tasks, 'square')
const noise = task<TaskFunction<{ seed: number; size: number }, Float64Array>>(tasks, 'noise')
const sleep = task<TaskFunction<number, number>>(tasks, 'sleep')
const bits = (arrays: Float64Array[]) => arrays.map((array) => new BigUint64Array(array.slice().buffer))
const count = (n: number) => Array.from({ length: n }, (_, i) => i)

const describeWithRedis = hasRedis ? describe : describe.skip

describeWithRedis(hasRedis ? 'cluster' : 'cluster: skipped, there is no redis-server on this machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'executor-'))
  let redis: TestRedis
  let servers: TestServer[]
  let executor: Executor

  beforeAll(async () => {
    redis = await TestRedis.start()
    servers = await Promise.all([TestServer.start(redis.url), TestServer.start(redis.url)])
    executor = cluster({ connection: redis.url })
  })

  afterAll(async () => {
    await executor.close()
    await Promise.all(servers.map((server) => server.stop()))
    await redis.stop()
    rmSync(folder, { recursive: true })
  })

  /** Whatever a map has or leaves behind in Redis, apart from the queue's own few counters. */
  async function leftovers({ url } = redis): Promise<string[]> {
    const client = new Redis(url)
    const keys = await client.keys('*')
    client.disconnect()
    return keys.filter((key) => !/^bull:opt:(id|meta|events|stalled-check|marker)$/.test(key))
  }

  async function eventually(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50))
  }

  test('the same bits as in process, in order, progress counted, nothing left behind', async () => {
    const inputs = count(40).map((seed) => ({ seed, size: (seed * 7919) % 3000 }))
    const seen: Progress[] = []
    const outputs = await executor.map(noise, inputs, { onProgress: (progress) => seen.push(progress) })
    expect(bits(outputs)).toEqual(bits(await inProcess().map(noise, inputs)))
    expect(seen).toEqual(inputs.map((_, i) => ({ completed: i + 1, total: 40 })))
    expect(await executor.map(square, [])).toEqual([])
    await eventually(async () => (await leftovers()).length === 0)
  })

  test('values arrive to the bit', async () => {
    expect(await executor.map(task(tasks, 'echo'), EXACT_VALUES)).toEqual(EXACT_VALUES)
  })

  test('more inputs than are in flight, two maps at once', async () => {
    const narrow = cluster({ connection: redis.url, inFlight: 3 })
    const [a, b, c] = await Promise.all([
      narrow.map(square, count(20)),
      narrow.map(square, count(30)),
      executor.map(square, count(300)),
    ])
    for (const [outputs, n] of [
      [a, 20],
      [b, 30],
      [c, 300],
    ] as const)
      expect(outputs).toEqual(count(n).map((x) => x * x))
    await narrow.close()
  })

  test('an error of a task names input and cause, also for values that cannot be cloned', async () => {
    const error = await executor.map(task(tasks, 'oddThrows'), [0, 2, 5]).catch((error) => error)
    expect(error).toMatchObject({
      name: 'TaskError',
      message: 'map: oddThrows failed on inputs[2]: 5 is odd',
      index: 2,
    })
    expect(error.cause).toMatchObject({ name: 'RangeError', message: '5 is odd', cause: { message: 'the cause' } })
    await expect(executor.map(task(tasks, 'returnsFunction'), [0])).rejects.toThrow(
      /inputs\[0\]: the output cannot be cloned/,
    )
    await expect(executor.map(task(tasks, 'echo'), [() => 1])).rejects.toThrow(
      /inputs\[0\]: the input cannot be cloned/,
    )
    await expect(executor.map(task(tasks, 'absent'), [0])).rejects.toThrow(/exports no function called absent/)
    await eventually(async () => (await leftovers()).length === 0)
  })

  test('abort ends endless tasks and removes waiting ones', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const running = executor.map(task(tasks, 'forever'), count(20), { signal: controller.signal })
    setTimeout(() => controller.abort(reason), 300)
    await expect(running).rejects.toBe(reason)
    expect(await executor.map(square, [1, 2, 3])).toEqual([1, 4, 9])
    await eventually(async () => (await leftovers()).length === 0)
  })

  test('abort and close do not wait for an unavailable Redis', async () => {
    const second = await TestRedis.start()
    const lonely = cluster({ connection: second.url })
    const controller = new AbortController()
    const running = lonely.map(square, [1, 2], { signal: controller.signal })
    const ended = expect(running).rejects.toThrow('enough')
    await eventually(async () => (await leftovers(second)).length > 0)
    await second.kill()
    controller.abort(new Error('enough'))
    await ended
    await lonely.close()
    await lonely.close()
    await expect(lonely.map(square, [1])).rejects.toThrow('cluster: the executor was closed')
    rmSync(second.folder, { recursive: true })
  })

  test('the task of a thread that exits is redone, and given up when that repeats', async () => {
    const inputs = count(6).map((x) => ({ x, marker: join(folder, 'exits') }))
    expect(await executor.map(task(deaths, 'exitsOnce'), inputs)).toEqual([0, 1, 4, 9, 16, 25])
    await expect(executor.map(task(deaths, 'exits'), [0], { retries: 1 })).rejects.toThrow(
      'map: exits was given up on inputs[0]: its worker died in each of 2 attempts (worker exited with code: 3)',
    )
  })

  test('the work of a worker process killed from outside is redone', async () => {
    let killed = false
    const onProgress = ({ completed }: Progress) => {
      if (completed < 6 || killed) return
      killed = true
      servers[0]!.kill()
    }
    const inputs = count(40).map((i) => 20 + i)
    expect(await executor.map(sleep, inputs, { onProgress })).toEqual(inputs)
    expect(servers[0]!.deaths).toBe(1)
  })

  test('a worker process that was thought dead causes no harm when it wakes up', async () => {
    const seen: number[] = []
    const onProgress = ({ completed }: Progress) => {
      seen.push(completed)
      if (completed !== 6) return
      servers[0]!.kill('SIGSTOP')
      setTimeout(() => servers[0]!.kill('SIGCONT'), 2500)
    }
    const inputs = count(70).map((i) => 40 + i)
    expect(await executor.map(sleep, inputs, { onProgress })).toEqual(inputs)
    expect(seen).toEqual(inputs.map((_, i) => i + 1))
    await eventually(async () => (await leftovers()).length === 0)
  })

  test('a task that kills its process is redone, and given up when that repeats', async () => {
    const inputs = count(6).map((x) => ({ x, marker: join(folder, 'kills') }))
    expect(await executor.map(task(deaths, 'killsProcessOnce'), inputs)).toEqual([0, 1, 4, 9, 16, 25])
    await expect(executor.map(task(deaths, 'killsProcess'), [0], { retries: 1 })).rejects.toThrow(
      'map: killsProcess was given up on inputs[0]: its worker died in each of 2 attempts (the worker process died)',
    )
    expect(await executor.map(square, [7])).toEqual([49])
  })

  test.each(['remembers everything', 'has forgotten everything'])(
    'Redis is killed in the middle of a run, and the one that follows %s',
    async (kind) => {
      let restarted: Promise<void> | undefined
      const restart = async () => {
        await redis.kill()
        if (kind.startsWith('has forgotten')) redis.forget()
        await new Promise((resolve) => setTimeout(resolve, 300))
        await redis.start()
      }
      const seen: number[] = []
      const onProgress = ({ completed }: Progress) => {
        seen.push(completed)
        if (completed === 10) restarted = restart()
      }
      const inputs = count(60).map((i) => 20 + i)
      expect(await executor.map(sleep, inputs, { onProgress })).toEqual(inputs)
      expect(seen).toEqual(inputs.map((_, i) => i + 1))
      await restarted
      expect(await executor.map(square, [3])).toEqual([9])
      await eventually(async () => (await leftovers()).length === 0)
    },
  )

  test('servers only run the modules they are given', async () => {
    const server = await TestServer.start(redis.url, { queue: 'named', modules: { tasks } })
    const named = cluster({ connection: redis.url, queue: 'named' })
    expect(await named.map(task('tasks', 'square'), [4])).toEqual([16])
    await expect(named.map(square, [4])).rejects.toThrow(
      /failed on inputs\[0\]: task: modules has no file:.*; it has tasks/,
    )
    await named.close()
    await server.stop()
  })

  test('a client and a server let their process end once closed, and print nothing', () => {
    const script = `
      import { task } from '${new URL('../dist/index.js', import.meta.url)}'
      import { cluster, serveCluster } from '${new URL('../dist/node/cluster.js', import.meta.url)}'
      const connection = '${redis.url}'
      const server = await serveCluster({ connection, queue: 'quiet', workers: 1 })
      const executor = cluster({ connection, queue: 'quiet' })
      const outputs = await executor.map(task('${tasks}', 'square'), [1, 2, 3])
      await executor.close()
      await server.close()
      await server.close()
      if (outputs.join() !== '1,4,9') process.exit(2)`
    const args = ['--input-type=module', '-e', script]
    const cwd = fileURLToPath(new URL('.', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 600_000, cwd })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})

test('client and server report an absent Redis', async () => {
  const connection = 'redis://127.0.0.1:1'
  const executor = cluster({ connection })
  const refused = 'no Redis at 127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1)'
  await expect(executor.map(square, [1])).rejects.toThrow(`cluster: ${refused}`)
  await executor.close()
  await expect(serveCluster({ connection, workers: 1 })).rejects.toThrow(`serveCluster: ${refused}`)
})

test('refuses wrong options', async () => {
  expect(() => cluster({ connection: '', inFlight: 0 })).toThrow('cluster: inFlight must be a positive integer, got 0')
  await expect(serveCluster({ connection: '', workers: 0 })).rejects.toThrow(
    'serveCluster: workers must be a positive integer, got 0',
  )
  await expect(serveCluster({ connection: '', lostAfter: -1 })).rejects.toThrow(
    /lostAfter must be a positive number of milliseconds, got -1/,
  )
})
