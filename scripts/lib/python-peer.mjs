// The peers that benchmarks compare with: a Python child on one thread, asked and answered line by line.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { root } from './packages.mjs'

/** What a table says where the peers are absent. */
export const NO_PEER = 'The Python peers are not there (npm run bench:peers).'

/**
 * Starts a Python script (a file URL) that prints one line to say who it is, then answers each line it is given with one line.
 * Python: the environment variable OPT_PYTHON, or .venv-peers. null when there is none or the script cannot start, such as for a
 * package it imports in vain.
 */
export async function startPeer(script) {
  const python = process.env.OPT_PYTHON ?? join(root, '.venv-peers', 'bin', 'python')
  if (!existsSync(python)) return null
  // Settings for old BLAS builds that slow a present one down.
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...rest } = process.env
  const quiet = {
    OPENBLAS_NUM_THREADS: '1',
    OMP_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
    RAYON_NUM_THREADS: '1',
    PYTHONWARNINGS: 'ignore',
  }
  const child = spawn(python, [fileURLToPath(script)], {
    env: { ...rest, ...quiet },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => (await lines.next()).value
  const version = await next()
  if (version === undefined) return null
  return {
    version,
    /** The answer to one line. */
    async ask(line) {
      child.stdin.write(`${line}\n`)
      const answer = await next()
      if (answer === undefined) throw new Error(`the peer ended at: ${line}`)
      return answer
    },
    stop: () => child.stdin.end(),
  }
}
