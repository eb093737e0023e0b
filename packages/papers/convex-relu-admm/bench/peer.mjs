// The Python side of the benchmark: a child process, or null where Python or its packages are missing.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export async function startPeers() {
  const python = process.env.OPT_PYTHON ?? fileURLToPath(new URL('../../../../.venv-peers/bin/python', import.meta.url))
  if (!existsSync(python)) return null
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...rest } = process.env
  const env = { ...rest, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', RAYON_NUM_THREADS: '1' }
  const script = fileURLToPath(new URL('peer.py', import.meta.url))
  const child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done) return null
  const folder = mkdtempSync(join(tmpdir(), 'opt-bench-'))
  return {
    /** { cvxpy?: version, scnn?: version } */
    versions: JSON.parse(first.value),
    async solve(who, { X, y, G }, beta) {
      for (const [name, data] of Object.entries({ X: X.data, y, G: G.data })) writeFileSync(join(folder, name), data)
      child.stdin.write(`${who} ${folder} ${X.shape[0]} ${X.shape[1]} ${G.shape[0]} ${beta}\n`)
      const { value, done } = await lines.next()
      const answer = done ? { error: 'the Python process ended' } : JSON.parse(value)
      if (answer.error) console.error(`${who}: ${answer.error}`)
      return answer.error ? null : answer
    },
    stop() {
      child.stdin.end()
      rmSync(folder, { recursive: true })
    },
  }
}
