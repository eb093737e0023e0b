// What an executor adds to a task: time per task for a task that does nothing, and for one that takes and gives 1 MB.
// The peer is piscina alone. Each number is the median of the repeats, in one run on one machine.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Piscina } from 'piscina'
import { median } from '../../../scripts/lib/bench.mjs'
import { inProcess, task } from '../dist/index.js'
import { cluster } from '../dist/node/cluster.js'
import { workerThreads } from '../dist/node/threads.js'

const WORKERS = 2
const REPEATS = 5
const module = new URL('./task.mjs', import.meta.url)
const small = Array.from({ length: 2000 }, (_, i) => i)
const large = Array.from({ length: 20 }, (_, i) => new Float64Array(131_072).fill(i))

async function time(map, inputs) {
  await map(inputs.slice(0, 4))
  const times = []
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now()
    await map(inputs)
    times.push((performance.now() - start) / inputs.length)
  }
  return median(times)
}

async function line(name, map) {
  const perTask = await time(map, small)
  const perMegabyte = await time(map, large)
  console.log(
    `${name.padEnd(34)} ${(1000 * perTask).toFixed(0).padStart(8)} ${(1000 * perMegabyte).toFixed(0).padStart(12)}`,
  )
}

async function executorLine(name, executor) {
  await line(name, (inputs) => executor.map(task(module, 'echo'), inputs))
  await executor.close()
}

async function clusterLine() {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    console.log('cluster: not measured, there is no redis-server on this machine')
    return
  }
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address()
  listener.close()
  const folder = mkdtempSync(join(tmpdir(), 'executor-bench-'))
  const options = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', '']
  const redis = spawn('redis-server', options.map(String), { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(redis.stdout, 'data')
  const connection = `redis://127.0.0.1:${port}`
  const script = `import { serveCluster } from '${new URL('../dist/node/cluster.js', import.meta.url)}'
    await serveCluster({ connection: '${connection}', workers: ${WORKERS} }); console.log('ready')`
  const server = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(server.stdout, 'data')
  await executorLine(`cluster, 1 process of ${WORKERS} workers`, cluster({ connection }))
  server.kill('SIGKILL')
  redis.kill('SIGKILL')
  rmSync(folder, { recursive: true })
}

console.log(`Node ${process.version}, ${WORKERS} workers`)
console.log(`${''.padEnd(34)} µs a task   µs with 1 MB in and out`)
await executorLine('inProcess', inProcess())
await executorLine(`workerThreads, ${WORKERS}`, workerThreads({ workers: WORKERS }))
const pool = new Piscina({ filename: module.href, name: 'echo', minThreads: WORKERS, maxThreads: WORKERS })
await line(`piscina alone, ${WORKERS}`, (inputs) => Promise.all(inputs.map((input) => pool.run(input))))
await pool.destroy()
await clusterLine()
