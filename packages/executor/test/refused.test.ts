// Redis is available but refuses: each map ends with its reason, and worker processes report it.
import { rmSync } from 'node:fs'
import { Redis } from 'ioredis'
import { type Executor, type TaskFunction, task } from '../dist/index.js'
import { clusterExecutor } from '../dist/node/cluster/cluster-executor.js'
import { PACE } from '../dist/node/cluster/pace.js'
import { fakeRedis } from './fake-redis.ts'
import { hasRedis, TestRedis, TestServer } from './redis.ts'

const tasks = new URL('./tasks/tasks.mjs', import.meta.url)
const echo = task(tasks, 'echo')
const bytes = task<TaskFunction<number, Uint8Array>>(tasks, 'bytes')
const sleep = task<TaskFunction<number, number>>(tasks, 'sleep')
const forever = Array.from({ length: 1000 }, () => 20)

const ending = (map: Promise<unknown>): Promise<string> =>
  map.then(
    () => 'fulfilled',
    (error) => error.message,
  )

/** As `cluster()`, but in a hurry. */
async function within<T>(url: string, use: (executor: Executor) => Promise<T>, options: object = {}): Promise<T> {
  const executor = clusterExecutor({ connection: url, ...options }, { ...PACE, round: 100, patience: 500 })
  try {
    return await use(executor)
  } finally {
    await executor.close()
  }
}

test.each([
  'CROSSSLOT Keys in request do not hash to the same slot',
  'MOVED 3999 127.0.0.1:6381',
  'READONLY You cannot write against a read only replica.',
  'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
  'NOPERM this user has no permissions to run this command',
  'ERR something that no version says yet',
])('whatever Redis says ends the map: %s', async (refusal) => {
  const { url, close } = await fakeRedis(refusal)
  const message = await within(url, (executor) => ending(executor.map(echo, [1, 2])))
  expect(message).toMatch(new RegExp(`^cluster: Redis at 127.0.0.1:\\d+ refused .*: ${refusal}`))
  close()
})

test('a temporary refusal is waited out, then ends the map', async () => {
  const refusals = [
    'LOADING Redis is loading the dataset in memory',
    'BUSY Redis is busy',
    'CLUSTERDOWN The cluster is down',
  ]
  await Promise.all(
    refusals.map(async (refusal) => {
      const { url, close } = await fakeRedis(refusal)
      const message = await within(url, (executor) => ending(executor.map(echo, [1, 2])))
      expect(message).toMatch(new RegExp(`refused .*: ${refusal}$`))
      close()
    }),
  )
})

const describeWithRedis = hasRedis ? describe : describe.skip

describeWithRedis(hasRedis ? 'a real Redis' : 'refusals: skipped, there is no redis-server on this machine', () => {
  const running: TestRedis[] = []
  const servers: TestServer[] = []
  const start = async (...options: string[]) => {
    running.push(await TestRedis.start(...options))
    return running.at(-1)!
  }
  const serve = async (url: string, options: object = {}) => {
    const server = await TestServer.start(url, options)
    servers.push(server)
    return server
  }
  const command = async (url: string, ...words: [string, ...string[]]) => {
    const client = new Redis(url)
    await client.call(...words)
    client.disconnect()
  }
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()))
    await Promise.all(running.splice(0).map((redis) => redis.stop()))
  })

  test('full memory, with inputs, with answers, or both', async () => {
    const { url } = await start('--maxmemory', '20mb', '--maxmemory-policy', 'noeviction')
    const server = await serve(url)
    const oom = /^cluster: Redis at 127.0.0.1:\d+ refused .*: OOM command not allowed/
    const inputs = Array.from({ length: 6 }, () => new Uint8Array(4e6))
    expect(await within(url, (executor) => ending(executor.map(echo, inputs)))).toMatch(oom)
    expect(await within(url, (executor) => ending(executor.map(bytes, [4e7])))).toMatch(oom)
    expect(await within(url, (executor) => executor.map(bytes, [3]))).toEqual([new Uint8Array(3)])
    expect(server.said).toMatch(/^serveCluster: Redis at 127.0.0.1:\d+ refuses .*OOM/)
    expect(server.said.split('\n').length).toBeLessThan(12)
    expect(server.deaths).toBe(0)
  })

  test('values that are too long for Redis', async () => {
    const { url } = await start('--proto-max-bulk-len', '1mb')
    const server = await serve(url)
    expect(await within(url, (executor) => ending(executor.map(echo, [1, new Uint8Array(2e6)])))).toMatch(
      /^cluster: inputs\[1\] takes 20000\d\d bytes, but Redis at 127.0.0.1:\d+ takes 1048576 \(proto-max-bulk-len\)$/,
    )
    expect(await within(url, (executor) => ending(executor.map(bytes, [1, 2e6])))).toMatch(
      /refused the answer to inputs\[1\]: it takes 2000\d\d\d bytes, more than 1048576 \(proto-max-bulk-len\)$/,
    )
    expect(server.said).toMatch(/refuses the answer to inputs\[1\]: it takes/)
    expect(await within(url, (executor) => executor.map(bytes, [3]))).toEqual([new Uint8Array(3)])
  })

  test('a read-only replica: the worker process reports it and does not spin', async () => {
    const { url } = await start('--replicaof', '127.0.0.1', '1')
    const server = await serve(url)
    expect(await within(url, (executor) => ending(executor.map(echo, [1])))).toMatch(
      /refused .*: READONLY You can't write/,
    )
    while (!server.said.includes('READONLY')) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(server.said.split('\n').length).toBeLessThan(6)
  })

  test('a full disk', async () => {
    const redis = await start('--save', '3600', '1')
    await within(redis.url, async (executor) => {
      await serve(redis.url)
      expect(await executor.map(echo, [1])).toEqual([1])
      rmSync(redis.folder, { recursive: true })
      await command(redis.url, 'bgsave')
      let map = ''
      while (!map.includes('MISCONF')) map = await ending(executor.map(echo, [1]))
      expect(map).toMatch(/^cluster: Redis at 127.0.0.1:\d+ refused .*: MISCONF/)
    })
  })

  test('a client without the right to a command', async () => {
    const { url, port } = await start()
    await Promise.all(
      ['hset', 'blpop', 'pexpire', 'exists', 'evalsha', 'multi', 'hget', 'llen'].map(async (name) => {
        await command(url, 'acl', 'setuser', `anna-${name}`, 'on', '>geheim', '~*', '&*', '+@all', `-${name}`)
        const message = await within(`redis://anna-${name}:geheim@127.0.0.1:${port}`, (executor) =>
          ending(executor.map(echo, [1, 2])),
        )
        expect(message).toMatch(
          /^cluster: Redis at 127.0.0.1:\d+ refused .*: (NOPERM|ERR The user executing the script can't run)/,
        )
        expect(message).not.toMatch(/anna|geheim/)
      }),
    )
  })

  test('a worker process without the right to store answers', async () => {
    const { url, port } = await start()
    await command(url, 'acl', 'setuser', 'anna', 'on', '>geheim', '~*', '&*', '+@all', '-rpush')
    const server = await serve(`redis://anna:geheim@127.0.0.1:${port}`)
    const message = await within(url, (executor) => ending(executor.map(echo, [1])))
    expect(message).toMatch(/^cluster: Redis at 127.0.0.1:\d+ refused the answer to inputs\[0\]: NOPERM/)
    expect(server.said).toMatch(/^serveCluster: Redis at 127.0.0.1:\d+ refuses the answer to inputs\[0\]: NOPERM/)
    expect(server.said).not.toMatch(/anna|geheim/)
  })

  test('a worker process that can store neither answers nor refusals', async () => {
    const { url, port } = await start()
    await command(url, 'acl', 'setuser', 'anna', 'on', '>geheim', '~*', '&*', '+@all', '-pttl')
    const server = await serve(`redis://anna:geheim@127.0.0.1:${port}`)
    const message = await within(url, (executor) => ending(executor.map(echo, [1])))
    expect(message).toMatch(/^cluster: Redis at 127.0.0.1:\d+ lost inputs\[0\] or the answer to it 3 times; /)
    expect(server.said).toMatch(/NOPERM/)
  })

  test.each([
    ['memory is full', ['config', 'set', 'maxmemory', '1'], /: OOM/],
    ['Redis becomes a replica', ['replicaof', '127.0.0.1', '1'], /: (READONLY|MASTERDOWN)/],
    ['the user may no longer wait for answers', ['acl', 'setuser', 'default', '-blpop'], /: NOPERM/],
    ['the user may no longer store', ['acl', 'setuser', 'default', '-hset'], /: NOPERM/],
  ])('in the middle of a map, %s', async (_, words, said) => {
    const { url } = await start()
    await serve(url)
    const onProgress = ({ completed }: { completed: number }) => {
      if (completed === 5) void command(url, ...(words as [string]))
    }
    const message = await within(url, (executor) => ending(executor.map(sleep, forever, { onProgress })), {
      inFlight: 8,
    })
    expect(message).toMatch(/^cluster: Redis at 127.0.0.1:\d+ refused /)
    expect(message).toMatch(said)
  })

  test('in the middle of a map, the password changes and connections end', async () => {
    const { url } = await start()
    await serve(url)
    const onProgress = ({ completed }: { completed: number }) => {
      if (completed !== 5) return
      const client = new Redis(url)
      void client
        .multi()
        .config('SET', 'requirepass', 'geheim')
        .call('client', 'kill', 'type', 'normal')
        .exec()
        .finally(() => client.disconnect())
    }
    const message = await within(url, (executor) => ending(executor.map(sleep, forever, { onProgress })))
    expect(message).toMatch(/refused the connection: NOAUTH/)
  })

  test('too many clients', async () => {
    const { url } = await start('--maxclients', '2')
    const others = [new Redis(url), new Redis(url)]
    await Promise.all(others.map((other) => other.ping()))
    expect(await within(url, (executor) => ending(executor.map(echo, [1])))).toMatch(/^cluster: .* at 127.0.0.1:\d+ /)
    await others[0]!.quit()
    expect(await within(url, (executor) => ending(executor.map(echo, [1])))).toMatch(
      /^cluster: Redis at 127.0.0.1:\d+ (takes no second connection, for answers|refused)/,
    )
    others[1]!.disconnect()
  })
})
