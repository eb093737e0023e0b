// Worker processes load JavaScript, so the clients are of the built package, and Redis is a real one.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@opt/core'
import { cluster } from '@opt/executor/cluster'
import { diff2, seededNoise } from '../src/index.ts'
import { clients } from './tasks/clients.mjs'

const TASKS = new URL('./tasks/clients.mjs', import.meta.url).href
const SERVE = `import { serveCluster } from '@opt/executor/cluster'
await serveCluster({ connection: process.argv[1], workers: 1, lostAfter: 500 })
console.log('serving')`

const hasRedis = spawnSync('redis-server', ['--version']).status === 0
const testWithRedis = hasRedis ? test : test.skip

testWithRedis(
  `clients in processes of a cluster, one of which dies: the same bits and the same budget${hasRedis ? '' : ' (skipped: no redis-server)'}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'diff2-'))
    const connection = join(folder, 'redis.sock')
    const flag = join(folder, 'die')
    const started: ChildProcess[] = []
    /** Starts a process and waits until it says so. */
    const start = async (command: string, args: string[], ready: string) => {
      const env = { ...process.env, OPT_DIFF2_DIES: flag, OPT_DIFF2_KILLS: '1' }
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], env, cwd: import.meta.dirname })
      started.push(child)
      for await (const text of child.stdout!) if (String(text).includes(ready)) break
    }
    try {
      writeFileSync(flag, '')
      await start(
        'redis-server',
        ['--port', '0', '--unixsocket', connection, '--save', '', '--dir', folder],
        'ready to accept',
      )
      for (let k = 0; k < 2; k++)
        await start(process.execPath, ['--input-type=module', '-e', SERVE, connection], 'serving')
      const options = {
        epsilon: 3,
        delta: 1e-3,
        rounds: 6,
        restart: 3,
        clipGradient: 1,
        clipDifference: 1.5,
        learningRate: 0.3,
      }
      const noise = () => seededNoise(random(5))
      const here = diff2(clients, [0.1, -0.2], { ...options, noise: noise() })
      const executor = cluster({ connection })
      const workers = { executor, task: { module: TASKS, name: 'answer' } }
      const remote = clients.map(({ count, size }) => ({ count, size }))
      const there = await diff2.async(remote, [0.1, -0.2], { ...options, noise: noise(), workers })
      await executor.close()
      expect([...there.x]).toEqual([...here.x])
      expect(there.history).toEqual(here.history)
      expect(there.privacy).toEqual(here.privacy)
      // The process did die.
      expect(existsSync(flag)).toBe(false)
      expect(started.filter(({ signalCode }) => signalCode === 'SIGKILL')).toHaveLength(1)
    } finally {
      for (const child of started.reverse()) {
        const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
        child.kill('SIGKILL')
        await ended
      }
      rmSync(folder, { recursive: true })
    }
  },
)
