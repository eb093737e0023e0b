// Makes the room of a new paper: npm run new-paper NAME -- --title "..." --authors "A, B" --summary "..." --arxiv ...
// Copies scripts/templates/solver; with --kind optimizer, scripts/templates/optimizer replaces its src and test.
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../lib/packages.mjs'

const text = { type: 'string', default: '' }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ title: text, authors: text, summary: text, venue: text, arxiv: text },
    year: { type: 'string', default: String(new Date().getFullYear()) },
    topic: { type: 'string', default: 'optimisation' },
    kind: { type: 'string', default: 'solver' },
    help: { type: 'boolean', default: false },
  },
})
const [name] = positionals
const sound = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name ?? '') && /^\d{4}$/.test(values.year)
if (values.help || positionals.length !== 1 || !sound || !['solver', 'optimizer'].includes(values.kind)) {
  console.error(
    `usage: npm run new-paper NAME -- --title "Title of the paper" --authors "A. One, B. Two" --summary "One sentence."
  [--year 2021] [--venue ICLR] [--arxiv 2006.08217] [--topic optimisation] [--kind solver|optimizer]
NAME is the package without @opt/: lower case, digits and hyphens.`,
  )
  process.exit(1)
}
const folder = join(root, 'packages', 'papers', name)
if (existsSync(folder)) {
  console.error(`new-paper: ${folder} is there already`)
  process.exit(1)
}

const camel = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())
const authors = values.authors || 'Authors'
const quoted = (s) => JSON.stringify(s).slice(1, -1)
const words = {
  __name__: name,
  __camel__: camel,
  __Class__: camel[0].toUpperCase() + camel.slice(1),
  __title__: values.title || 'Title of the paper',
  __authors__: authors,
  __summary__: values.summary || 'One sentence on what it solves and for whom.',
  __year__: values.year,
  __venue__: values.venue,
  __arXiv__: values.arxiv,
  __topic__: values.topic,
}

/** Inside a string of JSON or of TypeScript the words are escaped as its quotes want it. */
function fill(s, file = '') {
  if (file.endsWith('.json')) {
    s = s.replace('["__authors__"]', () => JSON.stringify(authors.split(/,\s*/)))
    return Object.entries(words).reduce((out, [word, value]) => out.replaceAll(word, () => quoted(value)), s)
  }
  if (file.endsWith('.ts'))
    s = s.replace(/'__(title|summary)__'/g, (_, word) => `'${words[`__${word}__`].replace(/['\\]/g, '\\$&')}'`)
  return Object.entries(words).reduce((out, [word, value]) => out.replaceAll(word, () => value), s)
}

function fillFolder(at) {
  for (const entry of readdirSync(at)) {
    const file = join(at, entry)
    if (statSync(file).isDirectory()) fillFolder(file)
    else {
      writeFileSync(file, fill(readFileSync(file, 'utf8'), file))
      renameSync(file, join(at, fill(entry)))
    }
  }
}

const templates = join(root, 'scripts', 'templates')
cpSync(join(templates, 'solver'), folder, { recursive: true })
if (values.kind === 'optimizer') {
  for (const part of ['src', 'test']) rmSync(join(folder, part), { recursive: true })
  cpSync(join(templates, 'optimizer'), folder, { recursive: true })
}
fillFolder(folder)
cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
writeFileSync(join(folder, 'CHANGELOG.md'), `# @opt/${name}\n`)
writeFileSync(
  join(root, '.changeset', `${name}.md`),
  `---\n'@opt/${name}': minor\n---\n\nThe first version: ${words.__summary__}\n`,
)

// The CLI knows every paper; its file keeps its form.
const cli = join(root, 'packages', 'cli', 'package.json')
const lines = readFileSync(cli, 'utf8').split('\n')
let at = lines.indexOf('  "dependencies": {') + 1
while (lines[at].includes('"') && lines[at].split('"')[1] < `@opt/${name}`) at++
lines.splice(at, 0, `    "@opt/${name}": "workspace:^",`)
writeFileSync(cli, lines.join('\n'))

console.log(`made packages/papers/${name}. Next:
  npx pnpm install && npm run catalogue && npx biome check --write .
  the algorithm in src/${name}.ts, its golden test, the experiment, the demo, the README`)
