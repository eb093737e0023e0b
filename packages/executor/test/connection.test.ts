// A value that names no Redis is refused, never treated as localhost, and no message holds credentials.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { type TaskFunction, task } from '../dist/index.js'
import { cluster, serveCluster } from '../dist/node/cluster.js'
import { readConnection } from '../src/node/cluster/connection.ts'
import { fakeRedis } from './fake-redis.ts'
import { hasRedis, TestRedis } from './redis.ts'

const square = task<TaskFunction<number, number>>(new URL('./tasks/tasks.mjs', import.meta.url), 'square')

/** How a client and a server end that are given this connection. */
const endings = (connection: unknown): Promise<Error>[] => [
  cluster({ connection } as never)
    .map(square, [1])
    .then(
      () => new Error('fulfilled'),
      (error) => error,
    ),
  serveCluster({ connection, workers: 1 } as never).then(
    () => new Error('fulfilled'),
    (error) => error,
  ),
]

/** All that can be found on an error: what is printed, what is hidden, and the whole chain of causes. */
function everything(error: Error): string {
  const seen = new Set<unknown>()
  const texts = [inspect(error, { depth: Infinity, showHidden: true, getters: true, maxStringLength: null })]
  const walk = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value)
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    for (const key of Reflect.ownKeys(value)) walk((value as Record<PropertyKey, unknown>)[key])
  }
  walk(error)
  return texts.join('\n')
}

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['', '""'],
  [6379, '6379'],
  [Number.NaN, 'NaN'],
  [true, 'true'],
  [10n, '10'],
  [Symbol('redis'), 'Symbol(redis)'],
  [() => 'redis://127.0.0.1', 'a function'],
  [[], 'an array'],
  [['redis://127.0.0.1'], 'an array'],
  [{}, 'an object without a host'],
  [{ url: 'redis://127.0.0.1:7391' }, 'an object without a host'],
  [{ port: 7391 }, 'an object without a host'],
  [{ host: '' }, 'an object without a host'],
  [{ host: undefined }, 'an object without a host'],
  [{ sentinels: [] }, 'an object without a host'],
  [{ path: '' }, 'an object without a host'],
  [{ host: 5 }, 'an object whose host is no name or address'],
  [{ host: null }, 'an object whose host is no name or address'],
  [{ host: 'redis://:hunter2@127.0.0.1' }, 'an object whose host is no name or address'],
  [{ host: '127.0.0.1', port: 'http' }, 'an object whose port is no number from 1 to 65535'],
  [{ host: '127.0.0.1', port: 0 }, 'an object whose port is no number from 1 to 65535'],
  [{ host: '127.0.0.1', port: 70000 }, 'an object whose port is no number from 1 to 65535'],
  [{ host: '127.0.0.1', port: null }, 'an object whose port is no number from 1 to 65535'],
  ['localhost', 'a string that does not begin with redis:// or rediss://'],
  ['localhost:6379', 'a string that does not begin with redis:// or rediss://'],
  ['hunter2@localhost', 'a string that does not begin with redis:// or rediss://'],
  [' redis://127.0.0.1', 'a string that does not begin with redis:// or rediss://'],
  ['//127.0.0.1:6379', 'a string that does not begin with redis:// or rediss://'],
  ['6379', 'a string that does not begin with redis:// or rediss://'],
  ['redis:127.0.0.1', 'a string that does not begin with redis:// or rediss://'],
  ['http://127.0.0.1:7391', 'a URL that begins with http://'],
  ['unix:///run/redis.sock', 'a URL that begins with unix://'],
  [new URL('http://127.0.0.1:7391'), 'a URL that begins with http://'],
  ['redis://', 'a URL without a host'],
  ['redis:///0', 'a URL without a host'],
  ['redis://?db=1', 'a URL without a host'],
])('connection %p is refused', async (connection, given) => {
  const words = 'connection must be a redis:// or rediss:// URL or options with a host, got'
  const [client, server] = await Promise.all(endings(connection))
  expect(client).toMatchObject({ name: 'TypeError', message: `cluster: ${words} ${given}` })
  expect(server).toMatchObject({ name: 'TypeError', message: `serveCluster: ${words} ${given}` })
  expect(everything(client!)).not.toContain('hunter2')
})

test('options that are missing', async () => {
  expect(cluster as () => unknown).toThrow('cluster: options must be an object, got undefined')
  await expect((serveCluster as () => Promise<unknown>)()).rejects.toThrow(
    'serveCluster: options must be an object, got undefined',
  )
})

test.each([
  'redis://:hunter2/hunter2@127.0.0.1:1',
  'redis://:hunter2#hunter2@127.0.0.1:1',
  'redis://:hunter2?hunter2@127.0.0.1:1',
  'redis://hunter2:1/hunter2@127.0.0.1:1',
  'redis://hunter2:1#hunter2@127.0.0.1:1',
  'redis://hunter2:1?hunter2@127.0.0.1:1',
  'redis://:hunter2%zz@127.0.0.1:1',
  'redis://:hunter2@127.0.0.1:99999',
  'redis://:hunter2@127.0.0.1:0',
  'redis://:hunter2@[::1:1',
  'redis://127.0.0.1:1/hunter2',
  'redis://127.0.0.1:hunter2',
])('a URL that cannot be read: %s', async (connection) => {
  for (const error of await Promise.all(endings(connection))) {
    expect(error.message).toMatch(/connection must be .*, got a URL that cannot be read; in a password, write/)
    expect(everything(error)).not.toContain('hunter2')
  }
})

test.each([
  ['redis://127.0.0.1', { host: '127.0.0.1' }, '127.0.0.1:6379'],
  ['REDIS://127.0.0.1', { host: '127.0.0.1' }, '127.0.0.1:6379'],
  ['redis://redis.lan:7391/3', { host: 'redis.lan', port: 7391, db: 3 }, 'redis.lan:7391'],
  [new URL('redis://redis.lan:7391/'), { host: 'redis.lan', port: 7391 }, 'redis.lan:7391'],
  ['redis://[::1]:7391', { host: '::1', port: 7391 }, '[::1]:7391'],
  ['rediss://redis.lan', { host: 'redis.lan', tls: {} }, 'redis.lan:6379'],
  ['redis://anna:p%2F%40%25@redis.lan', { host: 'redis.lan', username: 'anna', password: 'p/@%' }, 'redis.lan:6379'],
  [
    'redis://:p@redis.lan?family=6&connectionName=x',
    { host: 'redis.lan', password: 'p', family: 6, connectionName: 'x' },
    'redis.lan:6379',
  ],
  ['/run/redis.sock', { path: '/run/redis.sock' }, '/run/redis.sock'],
  ['/run/redis.sock?db=2', { path: '/run/redis.sock', db: 2 }, '/run/redis.sock'],
  [{ path: '/run/redis.sock', password: 'p' }, { path: '/run/redis.sock', password: 'p' }, '/run/redis.sock'],
  [{ host: '::1', port: '7391' }, { host: '::1', port: '7391' }, '[::1]:7391'],
  [{ sentinels: [{ host: 'a' }], name: 'main' }, { sentinels: [{ host: 'a' }], name: 'main' }, 'sentinel main'],
])('connection %p is understood', (connection, options, place) => {
  expect(readConnection('cluster', connection)).toMatchObject({ options, place })
  expect(Object.keys(readConnection('cluster', connection).options).sort()).toEqual(Object.keys(options).sort())
})

test('a Redis that repeats what it was given does not get the password into an error', async () => {
  const password = `hunter2 ${'x'.repeat(200)}'"%/@`
  const encoded = encodeURIComponent(password)
  const said = [
    `ERR unknown command 'auth', with args beginning with: '${password.slice(0, 100)}'`,
    `WRONGPASS ${password} is wrong`,
    `NOPERM User hunter2anna has no permissions`,
  ]
  for (const refusal of said) {
    const { url, close } = await fakeRedis(refusal)
    const connection = url.replace('redis://', `redis://hunter2anna:${encoded}@`)
    const { hostname: host, port } = new URL(url)
    for (const given of [
      connection,
      new URL(connection),
      { host, port: Number(port), username: 'hunter2anna', password },
    ])
      for (const error of await Promise.all(endings(given))) {
        expect(error.message).toMatch(/Redis at 127.0.0.1:\d+ refused the connection: (ERR|WRONGPASS|NOPERM)/)
        expect(everything(error)).not.toContain('hunter2')
      }
    close()
  }
})

test('an absent Redis is named by its place alone', async () => {
  for (const connection of [
    'redis://anna:hunter2@127.0.0.1:1',
    { host: '127.0.0.1', port: 1, username: 'anna', password: 'hunter2' },
    'redis://anna:hunter2@no-such-host.invalid',
    { path: '/no/such/redis.sock', password: 'hunter2' },
  ])
    for (const error of await Promise.all(endings(connection))) {
      expect(error.message).toMatch(/: no Redis at (127.0.0.1:1|no-such-host.invalid:6379|\/no\/such\/redis.sock) \(/)
      expect(everything(error)).not.toMatch(/hunter2|anna/)
    }
})

const describeWithRedis = hasRedis ? describe : describe.skip

describeWithRedis(hasRedis ? 'a real Redis' : 'connections: skipped, there is no redis-server on this machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'executor-socket-'))
  const path = join(folder, 'redis.sock')
  let redis: TestRedis
  beforeAll(async () => {
    redis = await TestRedis.start('--requirepass', 'hunter2/ä%', '--unixsocket', path)
  })
  afterAll(async () => {
    await redis.stop()
    rmSync(folder, { recursive: true })
  })

  test('a map by URL, by URL object, by options and over a socket; the number of the database counts', async () => {
    const url = `redis://:${encodeURIComponent('hunter2/ä%')}@127.0.0.1:${redis.port}/5`
    const server = await serveCluster({ connection: url, workers: 1 })
    for (const connection of [
      url,
      new URL(url),
      { port: redis.port, host: '127.0.0.1', password: 'hunter2/ä%', db: 5 },
      { path, password: 'hunter2/ä%', db: 5 },
    ]) {
      const executor = cluster({ connection })
      expect(await executor.map(square, [3])).toEqual([9])
      await executor.close()
    }
    const client = new Redis(redis.port, { password: 'hunter2/ä%' })
    expect(await client.info('keyspace')).toMatch(/^# Keyspace\s+db5:/)
    client.disconnect()
    await server.close()
  })

  test('a wrong password, and none', async () => {
    const place = `127.0.0.1:${redis.port}`
    for (const error of await Promise.all(endings(`redis://:hunter2@${place}`))) {
      expect(error.message).toMatch(`Redis at ${place} refused the connection: WRONGPASS`)
      expect(everything(error)).not.toContain('hunter2')
    }
    for (const error of await Promise.all(endings(`redis://${place}`)))
      expect(error.message).toMatch(`Redis at ${place} refused the connection: NOAUTH`)
  })

  test('neither Redis nor errors hold the password after a map', async () => {
    const connection = { host: '127.0.0.1', port: redis.port, password: 'hunter2/ä%' }
    const watcher = new Redis(redis.port, { password: 'hunter2/ä%' })
    const executor = cluster({ connection })
    const map = executor.map(square, [1, 2, 3]).catch(() => {})
    while ((await watcher.llen('bull:opt:wait')) < 3) await new Promise((resolve) => setTimeout(resolve, 10))
    const keys = await watcher.keys('*')
    const dumps = await Promise.all(keys.map(async (key) => (await watcher.dumpBuffer(key))?.toString('latin1') ?? ''))
    expect(keys.join() + dumps.join()).not.toMatch(/hunter2/)
    await executor.close()
    await map
    watcher.disconnect()
  })
})
