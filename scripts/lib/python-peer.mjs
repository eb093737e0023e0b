// The Python peers that benchmarks compare with: a child process on one thread that answers line by line.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { root } from './packages.mjs'

/** The note of a table whose peers are absent. */
export const NO_PEER = 'The Python peers are not installed (npm run bench:peers).'

/**
 * Starts a Python script that prints its version as one line and then answers each line of input
 * with one line. The interpreter is OPT_PYTHON, or that of the folder.
 *
 * @param script URL of the file.
 * @param folder the environment, for peers that need packages of their own age.
 * @returns { version, ask(line), stop() }; null without an interpreter, or if the script cannot
 *   start, for instance because a package that it imports is missing.
 */
export async function startPeer(script, folder = '.venv-peers') {
  const python = process.env.OPT_PYTHON ?? join(root, folder, 'bin', 'python')
  if (!existsSync(python)) return null
  // Settings for old builds of BLAS slow down a current one.
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
    /** Returns the answer to one line. */
    async ask(line) {
      child.stdin.write(`${line}\n`)
      const answer = await next()
      if (answer === undefined) throw new Error(`the peer ended at: ${line}`)
      return answer
    },
    stop: () => child.stdin.end(),
  }
}
