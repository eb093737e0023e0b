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
// changesets write every list and object on lines of its own: only the version is to change.
for (const [k, file] of manifests.entries()) {
  const after = JSON.parse(readFileSync(file, 'utf8'))
  const text = before[k].replace(/"version": "[^"]*"/, `"version": "${after.version}"`)
  if (isDeepStrictEqual(JSON.parse(text), after)) writeFileSync(file, text)
}
run('node', join('scripts', 'jobs', 'catalogue.mjs'))
run('pnpm', 'install', '--lockfile-only', '--prefer-offline')
