// numpy in a child process on one thread, asked for one batch at a time. Python: OPT_PYTHON, or the peers' environment of the repository.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export async function startNumpy() {
  const peers = fileURLToPath(new URL('../../../.venv-peers/bin/python', import.meta.url))
  const python = process.env.OPT_PYTHON ?? (existsSync(peers) ? peers : null)
  if (python === null) return null
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...rest } = process.env
  const env = { ...rest, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' }
  const script = fileURLToPath(new URL('numpy_peer.py', import.meta.url))
  const child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  child.on('error', (error) => console.error(`${python}: ${error.message}`))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done) return null
  return {
    version: first.value,
    async time(task, n, batch) {
      child.stdin.write(`${task} ${n} ${batch}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`numpy stopped at ${task} ${n}`)
      return Number(value)
    },
    stop: () => child.stdin.end(),
  }
}
