import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Maps items by an async function, as many at a time as the machine has cores; the results are in the items' order. */
export async function concurrently(items, map) {
  const results = []
  const queue = [...items].entries()
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await map(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return results
}

/** Runs a command; returns whether it succeeded, its standard output, and all of its output. */
export function run(command, args, cwd, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      stdout += chunk
      text += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
    child.on('error', (error) => resolve({ ok: false, stdout, text: error.message }))
    child.on('close', (status) => resolve({ ok: status === 0, stdout, text: text.trim() }))
  })
}
