// Creates .venv-peers, a Python environment with the packages that benchmarks compare with. Neither
// set-up nor tests need it.
// npm run bench:peers [-- --without torch]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/packages.mjs'

const PEERS = [
  'numpy',
  'scipy',
  'POT',
  'torch',
  'scikit-learn',
  'cvxpy',
  'pyscnn',
  'pytorch_optimizer',
  'pyhessian',
  'cbx',
  'ott-jax[neural]',
]

const folder = join(root, '.venv-peers')
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
const skip = process.argv.includes('--without') ? process.argv.slice(process.argv.indexOf('--without') + 1) : []
const run = (command, ...args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status

if (!existsSync(python) && run('python3', '-m', 'venv', folder) !== 0) {
  console.error('bench:peers: needs python3 with venv; the benchmarks also run without it')
  process.exit(1)
}
const missing = []
for (const peer of PEERS.filter((name) => !skip.includes(name)))
  if (run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', peer) !== 0) missing.push(peer)
console.log(
  missing.length > 0
    ? `bench:peers: could not install ${missing.join(', ')}; their columns stay empty`
    : 'bench:peers: all installed',
)
