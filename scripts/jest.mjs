// Runs the jest of the room it is started in, on native ES modules, and leaves test-results/jest.json for the summary.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from './rooms.mjs'

const jest = join(createRequire(import.meta.url).resolve('jest/package.json'), '..', 'bin', 'jest.js')
mkdirSync('test-results', { recursive: true })
const args = process.argv.slice(2)
// A software GPU for tests that want one: Debian's chromium brings it.
const gpu = '/usr/lib/chromium/vk_swiftshader_icd.json'
const env = existsSync(gpu) ? { VK_ICD_FILENAMES: gpu, LD_LIBRARY_PATH: dirname(gpu), ...process.env } : process.env
const { status } = spawnSync(
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
  { env, stdio: ['ignore', args.includes('--coverage') ? 'inherit' : 'ignore', 'inherit'] },
)
process.exit(status ?? 1)
