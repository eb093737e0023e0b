// Writes versions and changelogs from the changesets, then the catalogue and the lockfile.
// npm run version
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { allPackages, root } from '../lib/packages.mjs'

const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: 'inherit' })

const manifests = allPackages().map(({ folder }) => join(folder, 'package.json'))
const before = manifests.map((file) => readFileSync(file, 'utf8'))
run('changeset', 'version')
const after = manifests.map((file) => JSON.parse(readFileSync(file, 'utf8')))
for (const [k, file] of manifests.entries()) {
  if (after[k].version === JSON.parse(before[k]).version) continue
  // A new version may use what its peers have had only since then, and is tested with no older ones.
  let text = before[k].replace(/"version": "[^"]*"/, `"version": "${after[k].version}"`)
  for (const name of Object.keys(after[k].peerDependencies ?? {})) {
    const peer = after.find((one) => one.name === name)
    if (!peer) continue
    after[k].peerDependencies[name] = `>=${peer.version}`
    text = text.replace(new RegExp(`("${name}": )">=[^"]*"`), `$1">=${peer.version}"`)
  }
  // changesets write every list and object on lines of its own: only the versions are to change.
  if (!isDeepStrictEqual(JSON.parse(text), after[k])) text = `${JSON.stringify(after[k], null, 2)}\n`
  writeFileSync(file, text)
}
run('node', join('scripts', 'jobs', 'catalogue.mjs'))
run('pnpm', 'install', '--lockfile-only', '--prefer-offline')
