// A server that speaks enough of Redis' protocol for a client to connect, and refuses whatever a test wants refused.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/** The commands in a chunk; those of these tests arrive whole. */
function* commandsOf(chunk: Buffer): Generator<string> {
  for (const [, name] of chunk.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n([a-z]+)\r\n/gi))
    yield name!.toLowerCase()
}

const info = 'redis_version:7.0.0\r\nloading:0\r\nmaxmemory_policy:noeviction\r\n'
const answers: Record<string, string> = {
  info: `$${info.length}\r\n${info}\r\n`,
  config: '*0\r\n',
  client: '+OK\r\n',
  select: '+OK\r\n',
}

/** Answers what a connection needs; to everything else, `-refusal`. */
export async function fakeRedis(refusal: string): Promise<{ url: string; close: () => void }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      for (const name of commandsOf(chunk)) socket.write(answers[name] ?? `-${refusal}\r\n`)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { url: `redis://127.0.0.1:${port}`, close }
}
