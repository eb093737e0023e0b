// Creates the package of a new paper (scripts/templates), adds it to the catalogue and installs it.
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root, TOPICS } from '../lib/packages.mjs'
import { createPackage } from '../lib/template.mjs'

const USAGE = `usage: npm run new-paper NAME -- --title "Title of the paper" --authors "A. One, B. Two"
  --summary "One sentence." [--year 2021] [--venue ICLR] [--arxiv 2006.08217] [--topic optimizers]
  [--kind solver|optimizer] [--kernel]
TOPIC is one of: ${TOPICS.join('; ')}.
NAME is the package without @opt/: lower case, digits and hyphens. --kernel adds a SIMD kernel to a solver.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    title: { type: 'string', default: 'Title of the paper' },
    authors: { type: 'string', default: 'Authors' },
    summary: { type: 'string', default: 'One sentence on what it solves and for whom.' },
    venue: { type: 'string', default: '' },
    arxiv: { type: 'string', default: '' },
    year: { type: 'string', default: String(new Date().getFullYear()) },
    topic: { type: 'string', default: 'optimizers' },
    kind: { type: 'string', default: 'solver' },
    kernel: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const { kind, kernel, help, arxiv, ...fields } = values
const [name = ''] = positionals
const isName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && positionals.length === 1
const isKind = kind === 'solver' || (kind === 'optimizer' && !kernel)
if (help || !isName || !isKind || !TOPICS.includes(fields.topic) || !/^\d{4}$/.test(fields.year)) {
  console.error(USAGE)
  process.exit(1)
}
const folder = join(root, 'packages', 'papers', name)
if (existsSync(folder)) {
  console.error(`new-paper: ${folder} exists already`)
  process.exit(1)
}

createPackage(folder, { name, arXiv: arxiv, ...fields }, { kind, kernel })
const changeset = `---\n'@opt/${name}': minor\n---\n\nThe first release. ${fields.summary}\n`
writeFileSync(join(root, '.changeset', `${name}.md`), changeset)

const bin = (command) => join(root, 'node_modules', '.bin', command)
for (const [command, ...args] of [
  [bin('biome'), 'check', '--write', '--log-level=error', folder],
  [process.execPath, join(root, 'scripts', 'jobs', 'catalogue.mjs')],
  [bin('pnpm'), 'install', '--no-frozen-lockfile', '--prefer-offline', '--loglevel=warn'],
]) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
console.log(`Created packages/papers/${name}. Its tests: npx turbo run test --filter=@opt/${name}
Next: the algorithm in src/${name}.ts, its golden test, the experiment, the demo, the README.`)
