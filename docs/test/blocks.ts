// Runs the code blocks of a page as its readers would: each as a module, in the folder of its package.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SAFE_END } from '../../scripts/lib/node-flags.mjs'

export interface Block {
  code: string
  /** Its output according to the page; null if the page does not say. */
  output: string | null
  /** The file name under which later blocks import it. */
  file: string | null
  /** Whether it needs a GPU. */
  gpu?: boolean
}

export interface Ran {
  printed: string
  /** '' if it succeeded. */
  error: string
}

const MINUTES = 10 * 60_000

function run(file: string, cwd: string): Promise<Ran> {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' }
  const options = { cwd, env, timeout: MINUTES, maxBuffer: 1 << 24 }
  return new Promise((resolve) => {
    execFile(process.execPath, [...SAFE_END, file], options, (error, stdout, stderr) =>
      resolve({ printed: stdout.trim(), error: error ? stderr.trim() || error.message : '' }),
    )
  })
}

/**
 * Runs every block beside copies of `files`; later blocks can import the files of earlier ones.
 * Removes all files afterwards.
 */
export async function runBlocks(folder: string, blocks: Block[], files: Record<string, string> = {}): Promise<Ran[]> {
  mkdirSync(join(folder, 'test-results'), { recursive: true })
  // Inside the package, so that blocks can import it by name.
  const work = mkdtempSync(join(folder, 'test-results', 'blocks-'))
  try {
    for (const [name, file] of Object.entries(files)) copyFileSync(file, join(work, name))
    const ran: Ran[] = []
    for (const [k, { code, file }] of blocks.entries()) {
      const name = file ?? `block-${k + 1}.mjs`
      writeFileSync(join(work, name), code)
      ran.push(await run(name, work))
    }
    return ran
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
