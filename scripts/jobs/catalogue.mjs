// The catalogue of papers, from their package.json: packages/cli/src/catalogue.ts and the table in the root README.
// `--check` writes nothing and fails when one of them is stale.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { publishedPackages, readJson, root } from '../lib/packages.mjs'

const check = process.argv.includes('--check')
const cli = join(root, 'packages', 'cli')
const problems = []

const papers = publishedPackages()
  .filter(({ paper }) => paper)
  .map(({ folder, manifest: { name, version, opt } }) => {
    const { paper: title, authors, year, venue, arXiv, topic, tasks, summary } = opt ?? {}
    const entry = {
      name: name.replace('@opt/', ''),
      version,
      title,
      authors,
      year,
      venue,
      arXiv,
      topic,
      tasks,
      summary,
    }
    for (const [field, value] of Object.entries(entry))
      if (value === undefined) problems.push(`${relative(root, folder)}: lacks "opt": { "${field}" }`)
    for (const field of ['authors', 'tasks'])
      if (!Array.isArray(entry[field])) problems.push(`${relative(root, folder)}: opt.${field} is not a list`)
    return { ...entry, module: `${name}/experiment`, folder: relative(root, folder).replaceAll('\\', '/') }
  })

const { dependencies } = readJson(join(cli, 'package.json'))
for (const { name } of papers)
  if (!dependencies[`@opt/${name}`]) problems.push(`packages/cli: lacks the dependency "@opt/${name}": "workspace:^"`)
if (problems.length > 0) {
  for (const problem of problems) console.error(problem)
  process.exit(1)
}

const module = `// Made by scripts/jobs/catalogue.mjs from the papers' package.json; do not edit.
import type { Experiment } from '@opt/core'
import type { Paper } from './paper.ts'

/** All papers, by name. */
export const papers: readonly Paper[] = ${JSON.stringify(
  papers.map(({ folder, ...paper }) => paper),
  null,
  1,
)}

/** Loads a paper's experiment, by its module's name. */
export const experiments: Readonly<Record<string, () => Promise<{ experiment: Experiment }>>> = {
${papers.map(({ module }) => `'${module}': () => import('${module}'),`).join('\n')}
}
`
bring(join(cli, 'src', 'catalogue.ts'), module)

const readme = join(root, 'README.md')
const MARKED = /(<!-- catalogue -->\n)[\s\S]*?(<!-- \/?catalogue -->)/
if (existsSync(readme)) {
  const text = readFileSync(readme, 'utf8')
  const cell = (words) => words.replaceAll('|', '\\|')
  const rows = papers.map(({ name, title, venue, year, arXiv, summary, folder }) => {
    const source = arXiv ? `[${title}](https://arxiv.org/abs/${arXiv})` : title
    const where = venue.includes(String(year)) ? venue : `${venue} ${year}`
    return `| [@opt/${name}](${folder}) | ${cell(source)}, ${cell(where)} | ${cell(summary)} |`
  })
  const table = ['| package | paper | what it does |', '| --- | --- | --- |', ...rows, ''].join('\n')
  if (MARKED.test(text))
    bring(
      readme,
      text.replace(MARKED, (_, open, close) => `${open}\n${table}\n${close}`),
    )
}

if (problems.length > 0) {
  for (const problem of problems) console.error(problem)
  process.exit(1)
}
console.log(`The catalogue has ${papers.length} ${papers.length === 1 ? 'paper' : 'papers'}`)

/** Writes a file as Biome formats it, or says that it is stale. */
function bring(file, unformatted) {
  const text = formatted(unformatted, relative(root, file))
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  if (check) problems.push(`${relative(root, file)} is stale: run \`npm run catalogue\``)
  else writeFileSync(file, text)
}

function formatted(text, path) {
  const biome = join(root, 'node_modules', '.bin', 'biome')
  const { status, stdout, stderr } = spawnSync(biome, ['format', `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`biome could not format the catalogue: ${stderr}`)
  return stdout
}
