// Creates .venv-peers, a Python environment with the packages that benchmarks compare with, and one for
// each peer that needs older packages than the others. Neither set-up nor tests need them.
// npm run bench:peers [-- --without torch]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/packages.mjs'

const PEERS = [
  'numpy',
  'numba',
  'scipy',
  'POT',
  'torch',
  'scikit-learn',
  'scikit-fem',
  'cvxpy',
  'pyscnn',
  'pytorch_optimizer',
  'pyhessian',
  'cbx',
  'ott-jax[neural]',
  'cvxopt',
  'pysptools',
  'opacus',
  'dp-accounting',
]

/** Its last version imports what jax has moved since. */
const NEURAL_TANGENTS = ['neural-tangents==0.6.5', 'jax==0.4.30', 'jaxlib==0.4.30', 'numpy<2.1']

const skip = process.argv.includes('--without') ? process.argv.slice(process.argv.indexOf('--without') + 1) : []
const run = (command, ...args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status

/** The interpreter of an environment, which is created if need be. */
function pythonOf(name) {
  const folder = join(root, name)
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (!existsSync(python) && run('python3', '-m', 'venv', folder) !== 0) {
    console.error('bench:peers: needs python3 with venv; the benchmarks also run without it')
    process.exit(1)
  }
  return python
}
const install = (python, ...names) =>
  run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...names) === 0

const python = pythonOf('.venv-peers')
const missing = PEERS.filter((name) => !skip.includes(name) && !install(python, name))
if (!skip.includes('neural-tangents') && !install(pythonOf('.venv-peers-ntk'), ...NEURAL_TANGENTS))
  missing.push('neural-tangents')
console.log(
  missing.length > 0
    ? `bench:peers: could not install ${missing.join(', ')}; their columns stay empty`
    : 'bench:peers: all installed',
)
