// Packs every package as npm would, checks the tarballs by publint and attw and against their size
// budgets, and installs them in a clean project (clean-install.mjs).
// node scripts/checks/tarballs.mjs [package...]
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledBytes } from '../lib/bundle-size.mjs'
import { concurrently, run } from '../lib/concurrently.mjs'
import { publishedPackages, root } from '../lib/packages.mjs'
import { cleanInstallProblems } from './clean-install.mjs'

const names = process.argv.slice(2).map((name) => (name.startsWith('@opt/') ? name : `@opt/${name}`))
const all = publishedPackages()
const chosen = all.filter(({ manifest }) => names.length === 0 || names.includes(manifest.name))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const work = mkdtempSync(join(tmpdir(), 'opt-packed-'))
const problems = []

/** Removes built files whose source has been moved or deleted; the compiler leaves them in dist. */
function removeStaleFiles(folder) {
  for (const file of readdirSync(join(folder, 'dist'), { recursive: true })) {
    const source = file.replace(/\.(d\.ts|js)(\.map)?$/, '.ts')
    if (source !== file && !existsSync(join(folder, 'src', source))) rmSync(join(folder, 'dist', file))
  }
}

mkdirSync(join(work, 'tarballs'))
const tarballs = new Map(
  await concurrently(all, async ({ folder, manifest }) => {
    removeStaleFiles(folder)
    const { ok, text } = await run(bin('pnpm'), ['pack', '--pack-destination', join(work, 'tarballs')], folder)
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
    const tarball = join(work, 'tarballs', file)
    if (!ok || !existsSync(tarball)) problems.push(`${manifest.name}: pnpm pack failed\n${text}`)
    return [manifest.name, tarball]
  }),
)
await concurrently(chosen, async ({ folder, manifest }) => {
  const tarball = tarballs.get(manifest.name)
  const lint = await run(bin('publint'), [tarball, '--strict'], folder)
  if (!lint.ok) problems.push(`${manifest.name}: publint\n${lint.text}`)
  const types = await run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji'], folder)
  if (!types.ok) problems.push(`${manifest.name}: attw\n${types.text}`)
  const bytes = await bundledBytes(folder)
  const budget = manifest.opt.size
  console.log(`${manifest.name}: ${bytes} bytes of ${budget}`)
  if (bytes > budget) problems.push(`${manifest.name}: ${bytes} bytes, over its budget of ${budget}`)
})
problems.push(...(await cleanInstallProblems(work, tarballs, chosen)))

rmSync(work, { recursive: true, force: true })
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`${chosen.length} packages can be published`)
