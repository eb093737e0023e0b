// Creates the package of a new paper from scripts/templates/solver, adds it to the catalogue and
// installs it. With --kind optimizer, scripts/templates/optimizer replaces src and test; with
// --kernel, scripts/templates/kernel adds a SIMD kernel.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../lib/packages.mjs'

const USAGE = `usage: npm run new-paper NAME -- --title "Title of the paper" --authors "A. One, B. Two" --summary "One sentence."
  [--year 2021] [--venue ICLR] [--arxiv 2006.08217] [--topic optimisation] [--kind solver|optimizer] [--kernel]
NAME is the package without @opt/: lower case, digits and hyphens.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    title: { type: 'string', default: 'Title of the paper' },
    authors: { type: 'string', default: 'Authors' },
    summary: { type: 'string', default: 'One sentence on what it solves and for whom.' },
    venue: { type: 'string', default: '' },
    arxiv: { type: 'string', default: '' },
    year: { type: 'string', default: String(new Date().getFullYear()) },
    topic: { type: 'string', default: 'optimisation' },
    kind: { type: 'string', default: 'solver' },
    kernel: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [name = ''] = positionals
const isName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && positionals.length === 1
const isKind = values.kind === 'solver' || (values.kind === 'optimizer' && !values.kernel)
if (values.help || !isName || !isKind || !/^\d{4}$/.test(values.year)) {
  console.error(USAGE)
  process.exit(1)
}
const folder = join(root, 'packages', 'papers', name)
if (existsSync(folder)) {
  console.error(`new-paper: ${folder} exists already`)
  process.exit(1)
}

const camel = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())
const words = {
  __name__: name,
  __camel__: camel,
  __Class__: camel[0].toUpperCase() + camel.slice(1),
  __title__: values.title,
  __authors__: values.authors,
  __summary__: values.summary,
  __year__: values.year,
  __venue__: values.venue,
  __arXiv__: values.arxiv,
  __topic__: values.topic,
}
const replaceWords = (text, transform = (value) => value) =>
  Object.entries(words).reduce((filled, [word, value]) => filled.replaceAll(word, () => transform(value)), text)

/** Fills the words in; inside strings of JSON and TypeScript they are escaped. */
function fill(text, file) {
  if (file.endsWith('.json')) {
    const authors = JSON.stringify(values.authors.split(/,\s*/))
    return replaceWords(
      text.replace('["__authors__"]', () => authors),
      (value) => JSON.stringify(value).slice(1, -1),
    )
  }
  const quoted = (_, word) => `'${words[word].replace(/['\\]/g, '\\$&')}'`
  return replaceWords(file.endsWith('.ts') ? text.replace(/'(__(?:title|summary)__)'/g, quoted) : text)
}

const templates = join(root, 'scripts', 'templates')
cpSync(join(templates, 'solver'), folder, { recursive: true })
if (values.kind === 'optimizer') {
  for (const part of ['src', 'test']) rmSync(join(folder, part), { recursive: true })
  cpSync(join(templates, 'optimizer'), folder, { recursive: true })
}
if (values.kernel) {
  cpSync(join(templates, 'kernel'), folder, { recursive: true })
  const manifest = join(folder, 'package.json')
  const text = readFileSync(manifest, 'utf8')
  writeFileSync(manifest, text.replace('"build": "', '"build": "node ../../../scripts/kernels.mjs && '))
}
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
  const file = join(entry.parentPath, entry.name)
  writeFileSync(file, fill(readFileSync(file, 'utf8'), file))
  renameSync(file, join(entry.parentPath, replaceWords(entry.name)))
}
cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
writeFileSync(join(folder, 'CHANGELOG.md'), `# @opt/${name}\n`)
const changeset = `---\n'@opt/${name}': minor\n---\n\nThe first version: ${values.summary}\n`
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
