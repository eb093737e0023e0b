// Clients that threads load. They die or answer wrongly where a file says so, once.
import { existsSync, rmSync } from 'node:fs'
import { clientTask, rowsClient } from '../../dist/index.js'

const client = (points) =>
  rowsClient({
    size: 2,
    count: points.length,
    gradients(x, start, count, out) {
      for (let i = 0; i < count; i++) for (let j = 0; j < 2; j++) out[2 * i + j] = x[j] - points[start + i][j]
    },
  })

export const clients = [
  client([
    [1, 2],
    [0.5, -1],
    [2, 2],
  ]),
  client([
    [-1, 0],
    [0.25, 0.75],
  ]),
  client([
    [3, 1],
    [1, 1],
    [0, -2],
    [0.1, 0.2],
  ]),
]
const run = clientTask(clients)
export const answer = (request) => {
  const flag = process.env.OPT_DIFF2_DIES
  if (flag && request.client === 1 && request.round === 3 && existsSync(flag)) {
    rmSync(flag)
    // Of a thread exit ends the thread, and a signal the process.
    if (process.env.OPT_DIFF2_KILLS) process.kill(process.pid, 'SIGKILL')
    process.exit(1)
  }
  return run(request)
}
