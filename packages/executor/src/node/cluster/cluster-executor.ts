import { randomUUID } from 'node:crypto'
import { checkCount, checkOptions } from '../../check.ts'
import { createExecutor, type Executor } from '../../executor.ts'
import { Client } from './client.ts'
import { checkQueue } from './job.ts'
import type { ClusterOptions } from './options.ts'
import { PACE, type Pace } from './pace.ts'

export function clusterExecutor(options: ClusterOptions, pace: Pace = PACE): Executor {
  checkOptions('cluster', options, ['connection', 'queue', 'inFlight'])
  const { connection, queue = 'opt', inFlight = 256 } = options
  checkCount('cluster', 'inFlight', inFlight)
  checkQueue('cluster', queue)
  let connecting: Promise<Client> | undefined

  function client(): Promise<Client> {
    connecting ??= Client.connect(connection, queue, pace)
    connecting.catch(() => (connecting = undefined))
    return connecting
  }

  return createExecutor('cluster', {
    width: inFlight,
    async open(task) {
      const connected = await client()
      const run = randomUUID()
      return {
        attempt: (input, index) => connected.attempt(run, index, task, input),
        end: () => connected.end(run),
      }
    },
    close: async () => (await connecting?.catch(() => undefined))?.close(),
  })
}
