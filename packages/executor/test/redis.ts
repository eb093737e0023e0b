// A redis-server of the tests' own, on a free loopback port, that can be killed and started again.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export class TestRedis {
  readonly port: number
  readonly url: string
  readonly folder: string = mkdtempSync(join(tmpdir(), 'executor-redis-'))
  #process: ChildProcess | undefined

  readonly #options: readonly string[]

  static async start(...options: string[]): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), options)
    await redis.start()
    return redis
  }

  constructor(port: number, options: readonly string[]) {
    this.port = port
    this.#options = options
    this.url = `redis://127.0.0.1:${port}`
  }

  async start(): Promise<void> {
    const args = [
      '--port',
      `${this.port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--appendonly',
      'yes',
      '--save',
      '',
      ...this.#options,
    ]
    const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = server
    let log = ''
    for await (const chunk of server.stdout!) {
      log += chunk
      if (log.includes('Ready to accept connections')) break
    }
  }

  async kill(): Promise<void> {
    const ended = once(this.#process!, 'exit')
    this.#process!.kill('SIGKILL')
    await ended
  }

  forget(): void {
    rmSync(join(this.folder, 'appendonlydir'), { recursive: true })
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A worker process, started again whenever it dies, as a supervisor would. */
export class TestServer {
  deaths = 0
  /** What it has said on standard error. */
  said = ''
  #process: ChildProcess | undefined
  #stopping = false

  static async start(url: string, options: object = {}, cwd: string = process.cwd()): Promise<TestServer> {
    const server = new TestServer()
    await server.#start(url, options, cwd)
    return server
  }

  async #start(url: string, options: object, cwd: string): Promise<void> {
    const args = [fileURLToPath(new URL('./tasks/serve.mjs', import.meta.url)), url, JSON.stringify(options)]
    const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd })
    this.#process = server
    server.stderr!.setEncoding('utf8').on('data', (text) => {
      this.said += text
    })
    server.once('exit', () => {
      if (this.#stopping) return
      this.deaths++
      void this.#start(url, options, cwd)
    })
    await once(server.stdout!, 'data')
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#process!.kill(signal)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    const ended = once(this.#process!, 'exit')
    this.kill()
    await ended
  }
}
