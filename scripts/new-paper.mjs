// Makes the room of a new paper from scripts/template: npm run new-paper NAME -- --title "..." --authors "A, B" --summary "..."
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readJson, root } from './rooms.mjs'

const text = { type: 'string', default: '' }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { title: text, authors: text, summary: text, help: { type: 'boolean', default: false } },
})
const [name] = positionals
if (values.help || positionals.length !== 1 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  console.error(
    'usage: npm run new-paper NAME -- --title "Title of the paper" --authors "A. One, B. Two" --summary "One sentence."',
  )
  console.error('NAME is the package without @opt/: lower case, digits and hyphens.')
  process.exit(1)
}
const folder = join(root, 'packages', 'papers', name)
if (existsSync(folder)) {
  console.error(`new-paper: ${folder} is there already`)
  process.exit(1)
}

const words = {
  __name__: name,
  __camel__: name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()),
  __title__: values.title || 'Title of the paper',
  __authors__: values.authors || 'Authors',
  __summary__: values.summary || 'One sentence on what it solves and for whom.',
}
const fill = (s) => Object.entries(words).reduce((out, [word, value]) => out.replaceAll(word, () => value), s)

function fillFolder(at) {
  for (const entry of readdirSync(at)) {
    const file = join(at, entry)
    if (statSync(file).isDirectory()) {
      fillFolder(file)
      continue
    }
    writeFileSync(file, fill(readFileSync(file, 'utf8')))
    renameSync(file, join(at, fill(entry)))
  }
}

cpSync(join(root, 'scripts', 'template'), folder, { recursive: true })
fillFolder(folder)
cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
writeFileSync(join(folder, 'CHANGELOG.md'), `# @opt/${name}\n`)
writeFileSync(
  join(root, '.changeset', `${name}.md`),
  `---\n'@opt/${name}': minor\n---\n\nThe first version: ${words.__summary__}\n`,
)
const manifest = join(folder, 'package.json')
const room = readJson(manifest)
room.opt.authors = words.__authors__.split(/,\s*/)
writeFileSync(manifest, `${JSON.stringify(room, null, 2)}\n`)
const cli = join(root, 'packages', 'cli', 'package.json')
const shelf = readJson(cli)
shelf.dependencies[`@opt/${name}`] = 'workspace:^'
shelf.dependencies = Object.fromEntries(Object.entries(shelf.dependencies).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(cli, `${JSON.stringify(shelf, null, 2)}\n`)

console.log(`made packages/papers/${name}. Next:
  npx pnpm install && npm run catalogue && npx biome check --write .
  the algorithm in src/${name}.ts, its golden test, the experiment, the demo, the README`)
