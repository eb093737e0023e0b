// Runs the jest of the room it is started in, on native ES modules, and leaves test-results/jest.json for the summary.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './lib/packages.mjs'
import { softwareGpu } from './lib/software-gpu.mjs'

const jest = join(createRequire(import.meta.url).resolve('jest/package.json'), '..', 'bin', 'jest.js')
mkdirSync('test-results', { recursive: true })
const args = process.argv.slice(2)
const env = { ...softwareGpu, ...process.env }
// A loop that never ends cannot be stopped by jest's own limit, which waits for its turn in the same thread.
const HANG = 25 * 60_000
const { status, error } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--expose-gc',
    '--disable-warning=ExperimentalWarning',
    jest,
    ...['--config', join(root, 'jest.preset.js'), '--rootDir', process.cwd()],
    ...['--json', '--outputFile=test-results/jest.json', '--runInBand', '--passWithNoTests=false'],
    ...args,
  ],
  {
    env,
    stdio: ['ignore', args.includes('--coverage') ? 'inherit' : 'ignore', 'inherit'],
    timeout: HANG,
    killSignal: 'SIGKILL',
  },
)
if (error?.code === 'ETIMEDOUT') {
  console.error(`${process.cwd()}: no end after ${HANG / 60_000} minutes, killed`)
  const last = 'test-results/fuzz-last.json'
  if (existsSync(last)) console.error(`the last mutated call: ${readFileSync(last, 'utf8')}`)
}
process.exit(status ?? 1)
