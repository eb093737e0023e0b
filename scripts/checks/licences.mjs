// Everything that users install with a package has a licence that allows any use.
// node scripts/checks/licences.mjs
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../lib/packages.mjs'

const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]

const pnpm = join(root, 'node_modules', '.bin', 'pnpm')
const { status, stdout, stderr } = spawnSync(pnpm, ['--recursive', 'licenses', 'list', '--prod', '--json'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 26,
})
if (status !== 0) throw new Error(`pnpm licenses list failed: ${stdout}${stderr}`)
const found = Object.entries(JSON.parse(stdout))
const allowed = (licence) =>
  licence
    .replace(/[()]/g, '')
    .split(/ OR /)
    .some((one) => ALLOWED.includes(one))
const refused = found.filter(([licence]) => !allowed(licence))
for (const [licence, packages] of refused)
  for (const { name, versions } of packages) console.error(`${name} ${versions.join(', ')}: its licence is ${licence}`)
if (refused.length > 0) process.exit(1)
console.log(
  `${found.reduce((sum, [, packages]) => sum + packages.length, 0)} dependencies have licences that allow any use`,
)
