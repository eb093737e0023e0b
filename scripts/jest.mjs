// Runs the tests of the package in the current folder by jest, on native ES modules;
// scripts/checks/test-summary.mjs reads the test-results/jest.json that it writes.
// node ../../scripts/jest.mjs [pattern] [jest's options]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { SAFE_END } from './lib/node-flags.mjs'
import { root } from './lib/packages.mjs'
import { softwareGpu } from './lib/software-gpu.mjs'

const jest = join(createRequire(import.meta.url).resolve('jest/package.json'), '..', 'bin', 'jest.js')
mkdirSync('test-results', { recursive: true })
const args = process.argv.slice(2)
const env = { ...softwareGpu, ...process.env }
// jest's own time limit cannot end an infinite loop: both run in one thread.
const HANG = 60 * 60_000
const { status, error } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--expose-gc',
    ...SAFE_END,
    '--disable-warning=ExperimentalWarning',
    jest,
    `--config=${join(root, 'jest.preset.js')}`,
    `--rootDir=${process.cwd()}`,
    '--json',
    '--outputFile=test-results/jest.json',
    '--runInBand',
    '--passWithNoTests=false',
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
  console.error(`${process.cwd()}: killed after ${HANG / 60_000} minutes`)
  const last = 'test-results/fuzz-last.json'
  if (existsSync(last)) console.error(`the last mutated call: ${readFileSync(last, 'utf8')}`)
}
process.exit(status ?? 1)
